using System.Text.Json;
using Headwater.Fuzz.Cases;
using Headwater.Fuzz.Hosting;

namespace Headwater.Fuzz.Checking;

/// <summary>No message is lost, repeated or listed twice: it ends in the log, or on a poison queue with its reason.</summary>
internal sealed class QueueCheck(FuzzHost host, FuzzStorage storage)
{
    /// <summary>A batch whose predecessor never arrives waits for an hour.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(4);

    private readonly HashSet<string> _seen = [];

    /// <summary>Handles messages until none is left.</summary>
    /// <param name="fault">What storage does while the messages are handled for the first time; null: it works.</param>
    public async Task DrainAsync(FuzzFault? fault = null)
    {
        DateTimeOffset end = storage.Time.GetUtcNow() + Patience;
        while (Waiting() > 0)
        {
            ViolationException.ThrowUnless(storage.Time.GetUtcNow() < end, $"{Waiting()} messages still wait after {Patience}");
            int handled = await host.PumpAsync(fault);
            fault = null;
            if (handled == 0)
            {
                storage.Time.Advance(TimeSpan.FromSeconds(10));
            }
        }
    }

    /// <summary>Every poisoned message is listed once, with a reason of its own, and is put back by its own reference.</summary>
    public async Task CheckPoisonAsync()
    {
        JsonElement[] messages = await ListAsync();
        string[] refs = [.. messages.Select(Ref)];
        ViolationException.ThrowUnless(refs.Distinct().Count() == refs.Length, $"a poisoned message is listed twice: {string.Join(", ", refs)}");
        foreach (JsonElement message in messages.Where(m => _seen.Add(Ref(m))))
        {
            string? code = message.GetProperty("code").GetString();
            ViolationException.ThrowUnless(code is not ("internal" or "runtime" or "corrupt_segment"), $"a message was given up as {code}: {message}");
            await RedriveAsync(message);
        }
    }

    /// <summary>The status of a batch that was answered 202 says what became of it.</summary>
    public async Task CheckStatusAsync(FuzzAnswer accepted, IReadOnlyList<Growth> growth)
    {
        FuzzAnswer status = await host.SendAsync("GET", accepted.Header("Location"));
        AnswerCheck.Check(status);
        ViolationException.ThrowUnless(status.Status == 200, $"the status of an accepted batch is unknown\n{accepted}\n{status}");
        JsonElement answer = status.Json();
        string state = answer.GetProperty("status").GetString()!;
        ViolationException.ThrowUnless(state is "appended" or "poisoned", $"an accepted batch is still {state}\n{status}");
        ViolationException.ThrowUnless(state == "appended" || growth.Count == 0, $"a poisoned batch is stored: {string.Join(", ", growth)}\n{status}");
        if (state == "appended")
        {
            string said = string.Join(", ", answer.GetProperty("partitions").EnumerateArray().Select(Share).Order());
            string stored = string.Join(", ", growth.Select(g => $"{g.Partition}: {g.Count}").Order());
            bool isRepeat = growth.Count == 0 && accepted.Step.Headers.Any(h => h.Name is "Idempotency-Key" or "Producer-Id");
            ViolationException.ThrowUnless(said == stored || isRepeat, $"the status says [{said}] is stored, but the log has [{stored}]\n{status}");
        }
    }

    private static string Share(JsonElement share) => $"{share.GetProperty("partition").GetInt32()}: {share.GetProperty("count").GetInt32()}";

    private static string Ref(JsonElement message) => message.GetProperty("ref").GetString()!;

    private async Task RedriveAsync(JsonElement message)
    {
        FuzzAnswer redriven = await host.SendAsync("POST", $"/appends/poison/redrive?ref={Ref(message)}");
        AnswerCheck.Check(redriven);
        ViolationException.ThrowUnless(
            redriven.Status == 200 && redriven.Json().GetProperty("redriven").GetInt32() == 1, $"a poisoned message is not put back by its ref: {message}\n{redriven}");
        await DrainAsync();
        foreach (JsonElement again in (await ListAsync()).Where(m => !_seen.Contains(Ref(m)) || Ref(m) == Ref(message)))
        {
            _seen.Add(Ref(again));
            FuzzAnswer discarded = await host.SendAsync("DELETE", $"/appends/poison/{Ref(again)}");
            AnswerCheck.Check(discarded);
            ViolationException.ThrowUnless(discarded.Status == 204, $"a poisoned message is not discarded by its ref: {again}\n{discarded}");
        }
    }

    private async Task<JsonElement[]> ListAsync()
    {
        FuzzAnswer list = await host.SendAsync("GET", "/appends/poison?limit=1000");
        AnswerCheck.Check(list);
        return [.. list.Json().GetProperty("messages").EnumerateArray()];
    }

    private int Waiting() => storage.Queues.Bodies("appends").Count + storage.Queues.Bodies("inbox").Count;
}
