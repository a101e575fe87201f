using System.Globalization;
using System.Text.Json.Nodes;
using Headwater.Log.Ports;
using Headwater.Log.Streams;
using Headwater.Simulation.Scheduling;
using Headwater.Simulation.Service;

namespace Headwater.Simulation.Workload;

/// <summary>
/// Retention by the storage format's rules, done from outside: raises a partition's log start in <c>stream.json</c>, then deletes, one by one and the oldest first, the segments that lie before it; never the last
/// that holds an event, which alone tells when the last append was. Instances learn of it when they look. Request keys in deleted segments are forgotten, so there is no retention beside keyed producers.
/// </summary>
internal sealed class RetentionSweep(ClientContext context, StorageService service, Chance chance)
{
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    public void Sweep()
    {
        StreamName stream = chance.Pick(context.Streams);
        string document = $"{stream}/stream.json";
        using BlobRead? read = service.Read(document, 0, int.MaxValue);
        if (read is null || JsonNode.Parse(read.Content.Span)!.AsObject() is not { } json || (string?)json["state"] != "active")
        {
            return;
        }

        var key = new PartitionKey((string)json["streamId"]!, chance.Below(context.Plan.Partitions));
        PartitionTruth truth = service.Watch.Partition(key);
        SegmentTruth[] old = [.. truth.Live.Where(s => s is { IsSealed: true, IsStray: false } && s.Next < truth.End)];
        JsonObject starts = json["logStarts"]!.AsObject();
        string number = key.Partition.ToString(CultureInfo.InvariantCulture);
        long start = old.Length == 0 ? 0 : chance.Pick(old).Next;
        if (start <= ((long?)starts[number] ?? 0))
        {
            return;
        }

        starts[number] = start;
        service.Note($"now starts {key} at {start}");
        service.Write(document, System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()), WriteCondition.IfUnchanged(read.ETag));
        context.History.LogStarts.Add((key, start, context.Timeline.NextStep()));
        TimeSpan delay = TimeSpan.Zero;
        foreach (SegmentTruth gone in old.Where(s => s.Next <= start))
        {
            delay += chance.LogTime(ShortestDelay, LongestDelay);
            context.Timeline.After(delay, service.Party, () => Delete(stream, key, gone.Base));
        }
    }

    private void Delete(StreamName stream, PartitionKey key, long start)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{stream}/{key.StreamId}/{key.Partition:D5}/{start:D20}");
        service.Note($"drops {name}");
        service.Delete(name + ".avro", null);
        service.Delete(name + ".index", null);
    }
}
