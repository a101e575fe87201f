using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using Generated;
using Newtonsoft.Json;

/// <summary>Uses the client that NSwag generated.</summary>
public static class Program
{
    public static async Task<IReadOnlyList<string>> RunAsync(Uri address)
    {
        using var http = new HttpClient();
        var client = new HeadwaterClient(http) { BaseUrl = address.ToString() };
        var seen = new List<string>();
        await client.PutStreamAsync(stream: "s", body: new StreamSettings { Partitions = 1 });

        var sent = new EventIn { Key = "k", Value = new { n = 1 }, Time = "2024-05-01T12:00:00Z", Headers = new Dictionary<string, string> { ["h"] = "x" } };
        Appended appended = await client.AppendEventsAsync(stream: "s", body: new[] { sent });
        PartitionShare share = appended.Partitions.Single();
        seen.Add($"appended {appended.Count} at partition {share.Partition} offset {share.BaseOffset}");

        EventPage page = await client.ReadEventsAsync(stream: "s", partition: 0, offset: "earliest");
        EventOut read = page.Events.Single();
        string value = JsonConvert.SerializeObject(read.Value);
        string time = read.Time!.Value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        seen.Add(
            $"read offset {read.Offset} key {read.Key} value {value} header h={read.Headers["h"]} time {time} appended {read.Appended.Year > 2000} "
                + $"next {page.NextOffset}");

        MemberAnswer member = await client.JoinGroupAsync("s", "g", new MemberBeat { Member = "m" });
        seen.Add($"member {member.Member} holds {string.Join(",", member.Partitions)} in a generation {member.Generation > 0}");
        var commit =
            new OffsetCommit { Member = "m", Generation = member.Generation, Offsets = new List<OffsetToCommit> { new() { Partition = 0, Offset = 1 } } };
        await client.CommitOffsetsAsync("s", "g", commit);
        Group group = await client.GetGroupAsync(stream: "s", group: "g");
        seen.Add($"committed {group.Offsets.Single().Offset}");

        try
        {
            await client.ReadEventsAsync(stream: "s", partition: 0, offset: "9");
        }
        catch (ApiException<Problem416> e)
        {
            string code = e.Result.Code.ToString().ToLowerInvariant();
            seen.Add(
                $"problem {e.StatusCode} {code} retryable {e.Result.Retryable} appended {e.Result.Appended.ToString().ToLowerInvariant()} "
                    + $"logEndOffset {e.Result.LogEndOffset}");
        }

        try
        {
            await client.AppendEventsAsync(stream: "s", body: new EventIn[] { new() { Value = 1, Time = "yesterday" } });
        }
        catch (ApiException<Problem422> e)
        {
            Fault fault = e.Result.Errors.Single();
            seen.Add($"problem {e.StatusCode} {e.Result.Code.ToString().ToLowerInvariant()} index {fault.Index} pointer {fault.Pointer}");
        }

        return seen;
    }
}
