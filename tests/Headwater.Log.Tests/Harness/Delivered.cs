using System.Buffers;
using System.Text;
using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;
using Headwater.Log.Read;

namespace Headwater.Log.Tests;

/// <summary>An event as a reader receives it.</summary>
/// <param name="Offset">The offset in its partition.</param>
/// <param name="Key">The key; null: the event has none.</param>
/// <param name="Value">The text of a JSON string, or other JSON unchanged; null is a tombstone.</param>
/// <param name="Appended">The append time that the log recorded.</param>
internal sealed record Delivered(long Offset, string? Key, string? Value, DateTimeOffset Appended)
{
    public static IEnumerable<Delivered> Of(ReadBlock block)
    {
        var events = new List<Delivered>();
        foreach (DecodedEvent view in block.Block.GetEvents(block.Schema))
        {
            if (block.Deliver.Contains(view.Offset))
            {
                string? key = view.HasKey ? Encoding.UTF8.GetString(view.Key) : null;
                events.Add(new Delivered(view.Offset.Value, key, ValueOf(view, block.Schema), view.Appended.ToDateTimeOffset()));
            }
        }

        return events;
    }

    private static string? ValueOf(DecodedEvent view, ValueSchema schema)
    {
        if (view.IsTombstone)
        {
            return null;
        }

        var reader = new AvroReader(view.Value);
        string json = schema.Verbatim is null ? Encoding.UTF8.GetString(schema.ReadBytes(ref reader, out _)) : Json(schema, ref reader);
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.String ? document.RootElement.GetString() : json;
    }

    private static string Json(ValueSchema schema, ref AvroReader reader)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(bytes);
        schema.WriteJson(ref reader, writer);
        writer.Flush();
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}

/// <summary>A page of events with its positions.</summary>
internal sealed record Page(IReadOnlyList<Delivered> Events, Offset Next, Offset LogStart, Offset LogEnd)
{
    public IEnumerable<string?> Values => Events.Select(e => e.Value);

    public IEnumerable<long> Offsets => Events.Select(e => e.Offset);

    public static Page Of(ReadPage page) => new([.. page.Blocks.SelectMany(Delivered.Of)], page.Range.Next, page.Range.LogStart, page.Range.LogEnd);
}
