using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Generated;
using Generated.Models;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Abstractions.Serialization;
using Microsoft.Kiota.Http.HttpClientLibrary;

/// <summary>Uses the client that Kiota generated.</summary>
public static class Program
{
    public static async Task<IReadOnlyList<string>> RunAsync(Uri address)
    {
        using var adapter = new HttpClientRequestAdapter(new AnonymousAuthenticationProvider()) { BaseUrl = address.ToString().TrimEnd('/') };
        var client = new HeadwaterClient(adapter);
        var seen = new List<string>();
        await client.Streams["s"].PutAsync(new StreamSettings { Partitions = 1 });

        var sent = new EventIn
        {
            Key = "k",
            Value = new UntypedObject(new Dictionary<string, UntypedNode> { ["n"] = new UntypedInteger(1) }),
            Time = "2024-05-01T12:00:00Z",
            Headers = new EventIn_headers { AdditionalData = new Dictionary<string, object> { ["h"] = "x" } },
        };
        Appended appended = (await client.Streams["s"].Events.PostAsync(new List<EventIn> { sent }))!;
        PartitionShare share = appended.Partitions!.Single();
        seen.Add($"appended {appended.Count} at partition {share.Partition} offset {share.BaseOffset}");

        EventPage page = (await client.Streams["s"].Partitions[0].Events.GetAsync(r => r.QueryParameters.Offset = "earliest"))!;
        EventOut read = page.Events!.Single();
        string value = await KiotaJsonSerializer.SerializeAsStringAsync(read.Value!);
        string time = read.Time!.Value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        string header = (string)read.Headers!.AdditionalData["h"];
        seen.Add(
            $"read offset {read.Offset} key {read.Key} value {value} header h={header} time {time} appended {read.Appended!.Value.Year > 2000} "
                + $"next {page.NextOffset}");

        MemberAnswer member = (await client.Streams["s"].Groups["g"].Members.PostAsync(new MemberBeat { Member = "m" }))!;
        seen.Add($"member {member.Member} holds {string.Join(",", member.Partitions!)} in a generation {member.Generation > 0}");
        var commit =
            new OffsetCommit { Member = "m", Generation = member.Generation, Offsets = new List<OffsetToCommit> { new() { Partition = 0, Offset = 1 } } };
        await client.Streams["s"].Groups["g"].Offsets.PutAsync(commit);
        Group group = (await client.Streams["s"].Groups["g"].GetAsync())!;
        seen.Add($"committed {group.Offsets!.Single().Offset}");

        try
        {
            await client.Streams["s"].Partitions[0].Events.GetAsync(r => r.QueryParameters.Offset = "9");
        }
        catch (Problem416 e)
        {
            string code = e.Code.ToString()!.ToLowerInvariant();
            seen.Add($"problem {e.Status} {code} retryable {e.Retryable} appended {e.Appended.ToString()!.ToLowerInvariant()} logEndOffset {e.LogEndOffset}");
        }

        try
        {
            await client.Streams["s"].Events.PostAsync(new List<EventIn> { new() { Value = new UntypedInteger(1), Time = "yesterday" } });
        }
        catch (Problem422 e)
        {
            Fault fault = e.Errors!.Single();
            seen.Add($"problem {e.Status} {e.Code.ToString()!.ToLowerInvariant()} index {fault.Index} pointer {fault.Pointer}");
        }

        return seen;
    }
}
