using System.Buffers;
using System.Text.Json;
using Headwater.Benchmarks.Payloads;
using Headwater.Core.Avro;
using Headwater.Core.Segments;
using Headwater.Formats.Json;

namespace Headwater.Benchmarks.Ratios;

/// <summary>Stored values and events to JSON.</summary>
internal static class AvroToJsonCases
{
    private const int Values = 1_000;

    public static IEnumerable<Ratio> All()
    {
        byte[] block = SaleBlock.Of(Values, BlockCodec.Null);
        SaleFields[] sales = [.. Sales.Values(Values).Select(SaleFields.Of)];
        byte[][] values = Stored(block);
        var output = new ArrayBufferWriter<byte>(1 << 20);
        var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        yield return new Ratio(
            "Avro to JSON, sales / Utf8JsonWriter", Values, () => Write(values, json, output), () => Rival(sales, json, output, isEvent: false), 0.7)
        {
            MostBytes = 0,
        };
        yield return new Ratio(
            "events of a block to JSON / Utf8JsonWriter",
            Values,
            () => WriteEvents(block, json, output),
            () => Rival(sales, json, output, isEvent: true),
            null);
    }

    private static byte[][] Stored(byte[] bytes)
    {
        var values = new List<byte[]>();
        using var block = new DecodedBlock();
        BlockDecoder.TryRead(bytes, 0, BlockCodec.Null, SaleBlock.Sync, block);
        foreach (DecodedEvent view in block.GetEvents(SaleBlock.Schema))
        {
            values.Add(view.Value.ToArray());
        }

        return [.. values];
    }

    private static void Write(byte[][] values, Utf8JsonWriter json, ArrayBufferWriter<byte> output)
    {
        foreach (byte[] value in values)
        {
            var reader = new AvroReader(value);
            SaleBlock.Schema.WriteJson(ref reader, json);
            json.Flush();
            json.Reset();
        }

        output.ResetWrittenCount();
    }

    /// <summary>As a read does: checksum, a pass that checks every event, and one that writes them.</summary>
    private static void WriteEvents(byte[] bytes, Utf8JsonWriter json, ArrayBufferWriter<byte> output)
    {
        using var block = new DecodedBlock();
        BlockDecoder.TryRead(bytes, 0, BlockCodec.Null, SaleBlock.Sync, block);
        foreach (DecodedEvent _ in block.GetEvents(SaleBlock.Schema))
        {
        }

        var times = new AppendedText();
        foreach (DecodedEvent view in block.GetEvents(SaleBlock.Schema))
        {
            EventJson.Write(json, view, SaleBlock.Schema, times);
            json.Flush();
            json.Reset();
        }

        output.ResetWrittenCount();
    }

    private static void Rival(SaleFields[] sales, Utf8JsonWriter json, ArrayBufferWriter<byte> output, bool isEvent)
    {
        foreach (SaleFields sale in sales)
        {
            if (isEvent)
            {
                sale.WriteEvent(json);
            }
            else
            {
                sale.Write(json);
            }

            json.Flush();
            json.Reset();
        }

        output.ResetWrittenCount();
    }
}
