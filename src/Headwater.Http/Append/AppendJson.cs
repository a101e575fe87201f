using System.Text.Json;
using Headwater.Core.Positions;
using Headwater.Log;
using Headwater.Log.Append;

namespace Headwater.Http.Append;

/// <summary>What became of an append, as JSON.</summary>
internal static class AppendJson
{
    public static void Write(Utf8JsonWriter json, AppendOutcome outcome, int events, bool withOffsets)
    {
        json.WriteStartObject();
        json.WriteNumber("count", events);
        json.WriteStartArray("partitions");
        foreach (PartitionAppend share in outcome.Partitions)
            WriteShare(json, share);
        json.WriteEndArray();
        if (withOffsets)
            WriteOffsets(json, outcome, events);
        json.WriteEndObject();
    }

    public static void WriteStart(Utf8JsonWriter json, ProducerStart start)
    {
        json.WriteStartObject();
        json.WriteString("producer", start.Producer);
        json.WriteNumber("epoch", start.Epoch.Value);
        json.WriteStartArray("partitions");
        foreach ((PartitionId partition, SequenceNumber next) in start.NextSequences.OrderBy(p => p.Key))
        {
            json.WriteStartObject();
            json.WriteNumber("partition", partition.Value);
            json.WriteNumber("nextSequence", next.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // A repeat too old to be remembered in full has no offsets to tell.
    private static void WriteShare(Utf8JsonWriter json, PartitionAppend share)
    {
        json.WriteStartObject();
        json.WriteNumber("partition", share.Partition.Value);
        if (share.Base is { } start)
            json.WriteNumber("baseOffset", start.Value);
        json.WriteNumber("count", share.Events.Count);
        json.WriteEndObject();
    }

    private static void WriteOffsets(Utf8JsonWriter json, AppendOutcome outcome, int events)
    {
        var places = new (PartitionId Partition, Offset? Offset)[events];
        foreach (PartitionAppend share in outcome.Partitions)
        {
            for (int i = 0; i < share.Events.Count; i++)
                places[share.Events[i]] = (share.Partition, share.Base + i);
        }

        json.WriteStartArray("offsets");
        foreach ((PartitionId partition, Offset? offset) in places)
        {
            json.WriteStartArray();
            json.WriteNumberValue(partition.Value);
            if (offset is { } known)
                json.WriteNumberValue(known.Value);
            else
                json.WriteNullValue();
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }
}
