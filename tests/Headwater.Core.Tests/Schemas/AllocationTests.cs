using System.Buffers;
using System.Text;
using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas;

namespace Headwater.Core.Tests.Schemas;

/// <summary>Encoding and decoding values allocates no objects.</summary>
public sealed class AllocationTests
{
    private const int Events = 1_000;

    /// <summary>Less than the smallest object per event. Allows for pooled arrays that a collection freed and that must be allocated again.</summary>
    private const int Budget = 16 * Events;

    private const string Text =
        """
        {"type":"record","name":"Flight","namespace":"my.air","fields":[
          {"name":"origin","type":"string"},{"name":"delay","type":["null","int"],"default":null},{"name":"distance","type":"double"},
          {"name":"date","type":{"type":"long","logicalType":"timestamp-millis"}},
          {"name":"fare","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}},
          {"name":"id","type":{"type":"string","logicalType":"uuid"}},{"name":"tags","type":{"type":"map","values":"string"}},
          {"name":"kind","type":{"type":"enum","name":"Kind","symbols":["A","B"]}},
          {"name":"legs","type":{"type":"array","items":
            {"type":"record","name":"Leg","fields":[{"name":"to","type":"string"},{"name":"raw","type":"bytes"}]}}}]}
        """;

    private const string Json =
        """
        {"legs":[{"to":"JFK","raw":"AAEC"},{"to":"LAX \u00e9","raw":""}],
         "kind":"B","tags":{"a":"1","b":"2","c":"\ud83d\ude00"},"id":"123e4567-e89b-12d3-a456-426614174000",
         "fare":"12345.67","date":"2020-01-01T00:00:00Z","distance":12.5,"origin":"SEA"}
        """;

    [Fact]
    public void A_thousand_events_are_written_without_allocating()
    {
        var schema = ValueSchema.Parse(Text);
        using JsonDocument document = JsonDocument.Parse(Json);
        var output = new ArrayBufferWriter<byte>(1 << 16);

        long allocated = Measure(() =>
        {
            output.ResetWrittenCount();
            if (schema.TryWriteJson(document.RootElement, output) is not null)
            {
                throw new InvalidOperationException("The value fits.");
            }

        });

        Assert.InRange(allocated, 0, Budget);
    }

    [Fact]
    public void A_thousand_events_are_encoded_in_one_pass_without_allocating()
    {
        var schema = ValueSchema.Parse(Text.Replace(",\"logicalType\":\"decimal\",\"precision\":12,\"scale\":2", "", StringComparison.Ordinal)
            .Replace(",\"logicalType\":\"uuid\"", "", StringComparison.Ordinal));
        byte[] json = Encoding.UTF8.GetBytes(Json.Replace("12345.67", "AAEC", StringComparison.Ordinal));
        using var encoder = new ValueEncoder();

        long allocated = Measure(() =>
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            if (!encoder.TryEncode(schema, ref reader, json))
            {
                throw new InvalidOperationException("The value fits.");
            }
        });

        Assert.InRange(allocated, 0, Budget);
    }

    [Fact]
    public void A_thousand_events_are_skipped_without_allocating()
    {
        var schema = ValueSchema.Parse(Text);
        byte[] encoded = Coding.Encode(schema, Json);

        long allocated = Measure(() =>
        {
            var reader = new AvroReader(encoded);
            schema.Skip(ref reader);
        });

        Assert.InRange(allocated, 0, Budget);
    }

    [Fact]
    public void A_thousand_events_are_written_as_JSON_without_allocating()
    {
        var schema = ValueSchema.Parse(Text);
        byte[] encoded = Coding.Encode(schema, Json);
        var output = new ArrayBufferWriter<byte>(1 << 16);
        using var json = new Utf8JsonWriter(output);

        long allocated = Measure(() =>
        {
            output.ResetWrittenCount();
            json.Reset();
            var reader = new AvroReader(encoded);
            schema.WriteJson(ref reader, json);
            json.Flush();
        });

        Assert.InRange(allocated, 0, Budget);
        Assert.StartsWith("{\"origin\":\"SEA\",\"delay\":null", Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }

    private static long Measure(Action one)
    {
        for (int i = 0; i < 100; i++)
        {
            one();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Events; i++)
        {
            one();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
