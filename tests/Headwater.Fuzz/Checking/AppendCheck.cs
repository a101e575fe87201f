using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Fuzz.Hosting;

namespace Headwater.Fuzz.Checking;

/// <summary>An answer to an append says the truth about what is stored.</summary>
internal static class AppendCheck
{
    public static bool IsAppend(FuzzAnswer answer) =>
        answer.Step.Method == "POST" && answer.Step.Path.StartsWith("/streams/", StringComparison.Ordinal)
            && answer.Step.Path.EndsWith("/events", StringComparison.Ordinal);

    public static void Check(FuzzAnswer answer, IReadOnlyList<Growth> growth)
    {
        if (!IsAppend(answer))
        {
            bool mayChange = answer.Step.Method is "PUT" or "DELETE";
            ViolationException.ThrowUnless(mayChange || growth.Count == 0, $"a request that appends nothing changed {Of(growth)}\n{answer}");
        }
        else if (answer.Status == 200)
        {
            CheckStored(answer, growth);
        }
        else if (answer.Status == 202)
        {
            ViolationException.ThrowUnless(growth.Count == 0, $"202 stored {Of(growth)} before its message was handled\n{answer}");
        }
        else
        {
            CheckRefused(answer, growth);
        }
    }

    private static void CheckStored(FuzzAnswer answer, IReadOnlyList<Growth> growth)
    {
        JsonElement body = answer.Json();
        JsonElement[] shares = [.. body.GetProperty("partitions").EnumerateArray()];
        ViolationException.ThrowUnless(
            body.GetProperty("count").GetInt32() == shares.Sum(s => s.GetProperty("count").GetInt32()), $"count is not the sum of the partitions\n{answer}");
        if (answer.Header("Idempotent-Replay") == "true")
        {
            ViolationException.ThrowUnless(growth.Count == 0, $"a replay stored {Of(growth)}\n{answer}");
            return;
        }

        string said = string.Join(", ", shares.Select(Share).Order());
        string stored = string.Join(", ", growth.Select(g => $"{g.Partition}: {g.Count} from {g.From}").Order());
        ViolationException.ThrowUnless(said == stored, $"the answer says [{said}] is stored, but the log has [{stored}]\n{answer}");
    }

    private static string Share(JsonElement share) =>
        $"{share.GetProperty("partition").GetInt32()}: {share.GetProperty("count").GetInt32()} from {share.GetProperty("baseOffset").GetInt64()}";

    private static void CheckRefused(FuzzAnswer answer, IReadOnlyList<Growth> growth)
    {
        JsonElement problem = answer.Json();
        string appended = problem.GetProperty("appended").GetString()!;
        if (appended == Appended.No.WireName())
        {
            ViolationException.ThrowUnless(growth.Count == 0, $"appended is no, but the log has {Of(growth)}\n{answer}");
        }
        else if (appended == Appended.Partial.WireName())
        {
            int[] stored = [.. problem.GetProperty("partitions").EnumerateArray().Select(s => s.GetProperty("partition").GetInt32())];
            ViolationException.ThrowUnless(stored.All(p => growth.Any(g => g.Partition == p)), $"not every named partition grew: {Of(growth)}\n{answer}");
            foreach (JsonElement failed in problem.GetProperty("failed").EnumerateArray().Where(f => f.GetProperty("appended").GetString() == "no"))
            {
                int partition = failed.GetProperty("partition").GetInt32();
                ViolationException.ThrowUnless(growth.All(g => g.Partition != partition), $"failed partition {partition} grew: {Of(growth)}\n{answer}");
            }
        }
        else
        {
            ViolationException.ThrowUnless(answer.Step.Fault is not null, $"appended is unknown although storage works\n{answer}");
        }
    }

    private static string Of(IReadOnlyList<Growth> growth) => string.Join(", ", growth);
}
