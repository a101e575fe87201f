using System.Text.Json;
using Headwater.Core.Segments;
using Headwater.Log.Read;

namespace Headwater.Http.Read;

/// <summary>Where partitions and segments begin and end, as JSON.</summary>
internal static class PositionsJson
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<PartitionPositions> positions)
    {
        json.WriteStartObject();
        json.WriteStartArray("partitions");
        foreach (PartitionPositions position in positions)
        {
            json.WriteStartObject();
            json.WriteNumber("partition", position.Partition.Value);
            json.WriteNumber("logStartOffset", position.LogStart.Value);
            json.WriteNumber("logEndOffset", position.LogEnd.Value);
            json.WriteNumber("segments", position.Segments);
            json.WriteNumber("bytes", position.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<SegmentListing> segments)
    {
        json.WriteStartObject();
        json.WriteStartArray("segments");
        foreach (SegmentListing segment in segments)
            Write(json, segment);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SegmentListing segment)
    {
        json.WriteStartObject();
        json.WriteNumber("partition", segment.Partition.Value);
        json.WriteNumber("baseOffset", segment.Base.Value);
        json.WriteNumber("nextOffset", segment.Next.Value);
        json.WriteNumber("bytes", segment.Bytes);
        json.WriteBoolean("sealed", segment.Sealed);
        json.WriteNumber("generation", segment.Generation);
        json.WriteNumber("schemaVersion", segment.SchemaVersion);
        json.WriteString("codec", segment.Codec.Name());
        json.WriteString("url", segment.Url.AbsoluteUri);
        json.WriteString("expires", segment.Expires.UtcDateTime);
        json.WriteEndObject();
    }
}
