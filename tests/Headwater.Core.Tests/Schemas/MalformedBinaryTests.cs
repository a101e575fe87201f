using System.Buffers;
using System.Text.Json;
using Avro.Generic;
using Avro.IO;
using CsCheck;
using Headwater.Core.Avro;
using Headwater.Core.Schemas;

namespace Headwater.Core.Tests.Schemas;

/// <summary>Bytes that do not match the schema cause an AvroFormatException and no other exception, wherever the fault is.</summary>
public sealed class MalformedBinaryTests
{
    private const string Everything =
        """
        {"type":"record","name":"R","fields":[
          {"name":"a","type":"boolean"},{"name":"b","type":"int"},{"name":"c","type":"long"},{"name":"d","type":"float"},{"name":"e","type":"double"},
          {"name":"f","type":"bytes"},{"name":"g","type":"string"},{"name":"h","type":{"type":"enum","name":"E","symbols":["A","B"]}},
          {"name":"i","type":{"type":"fixed","name":"F","size":3}},{"name":"j","type":{"type":"array","items":"string"}},
          {"name":"k","type":{"type":"map","values":["null","R"]}},{"name":"l","type":{"type":"bytes","logicalType":"decimal","precision":5,"scale":2}},
          {"name":"m","type":{"type":"string","logicalType":"uuid"}},{"name":"n","type":{"type":"long","logicalType":"timestamp-micros"}},
          {"name":"o","type":["bytes","string",{"type":"map","values":"string"}]}]}
        """;

    private const string Value =
        """
        {"a":true,"b":1000,"c":-5,"d":0.5,"e":0.1,"f":"AAEC","g":"text","h":"B","i":"AAEC","j":["x","y"],"k":{"p":null,"q":null},
         "l":"12.34","m":"123e4567-e89b-12d3-a456-426614174000","n":"2020-01-01T00:00:00Z","o":{"string":"AAAA"}}
        """;

    [Fact]
    public void Data_that_ends_early_is_reported_at_every_length()
    {
        var schema = ValueSchema.Parse(Everything);
        byte[] encoded = Coding.Encode(schema, Value);
        for (int length = 0; length < encoded.Length; length++)
        {
            AvroFormatException? skipped = Skip(schema, encoded.AsSpan(0, length), out _);
            AvroFormatException? written = WriteJson(schema, encoded.AsSpan(0, length), out _);
            Assert.True(skipped is { IsTruncated: true }, $"skipped {length} of {encoded.Length}");
            Assert.True(written is { IsTruncated: true }, $"read {length} of {encoded.Length}");
        }
    }

    [Fact]
    public void Any_byte_changed_to_any_other_is_read_or_reported_alike_by_both_walks()
    {
        var schema = ValueSchema.Parse(Everything);
        byte[] encoded = Coding.Encode(schema, Value);
        for (int at = 0; at < encoded.Length; at++)
        {
            byte was = encoded[at];
            for (int to = 0; to < 256; to++)
            {
                encoded[at] = (byte)to;
                AssertAlike(schema, encoded);
            }

            encoded[at] = was;
        }
    }

    [Fact]
    public void Random_bytes_are_read_or_reported_alike_by_both_walks() =>
        Gen.Select(Gen.Int, Gen.Byte.Array[0, 60]).Sample((seed, bytes) => AssertAlike(ValueSchema.Parse(RandomSchema.From(seed).Text), bytes), iter: 5_000);

    [Fact]
    public void Almost_right_bytes_are_read_or_reported_alike_by_both_walks() =>
        Gen.Select(Gen.Int, Gen.Int[0, 1000], Gen.Byte).Sample(
            (seed, at, change) =>
            {
                (string text, string plain, Func<global::Avro.Schema, object?> value) = RandomSchema.From(seed);
                var own = global::Avro.Schema.Parse(plain);
                if (own is global::Avro.UnionSchema)
                {
                    return;
                }

                using var stream = new MemoryStream();
                stream.WriteByte(2);
                new GenericWriter<object>(own).Write(value(own)!, new BinaryEncoder(stream));
                byte[] bytes = stream.ToArray();
                bytes[at % bytes.Length] ^= change;
                AssertAlike(ValueSchema.Parse(text), bytes);
            },
            iter: 5_000);

    [Theory]
    [InlineData("\"boolean\"", "02" + "02", "not a boolean", 1)]
    [InlineData("\"int\"", "02" + "8080808020", "does not fit an int", 1)]
    [InlineData("\"int\"", "04", "branch 2 of a union of 2", 0)]
    [InlineData("\"int\"", "01", "branch -1 of a union of 2", 0)]
    [InlineData("\"int\"", "80808080808080808001", "branch", 0)]
    [InlineData("\"string\"", "02" + "01", "negative", 1)]
    [InlineData("\"string\"", "02" + "feffffffffffffffff01", "a length of", 1)]
    [InlineData("\"string\"", "02" + "02ff", "not UTF-8", 2)]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", "02" + "02", "branch 1", 1)]
    [InlineData("""{"type":"array","items":"int"}""", "02" + "feffffffffffffffff01", "items", 1)]
    [InlineData("""{"type":"array","items":"null"}""", "02" + "80808080100000", "items without bytes", 1)]
    [InlineData("""{"type":"array","items":"null"}""", "02" + "82800800", "items without bytes in a value", 1)]
    [InlineData("""{"type":"array","items":"int"}""", "02" + "0104020000", "ends at byte 5", 4)]
    [InlineData("""{"type":"array","items":"int"}""", "02" + "01010200", "negative size", 1)]
    [InlineData("""{"type":"map","values":"int"}""", "02" + "04026100026100" + "00", "same key twice", 5)]
    [InlineData("""{"type":"map","values":"int"}""", "02" + "02026100" + "02026100" + "00", "same key twice", 6)]
    public void The_exception_says_what_is_wrong_and_where(string type, string hex, string message, int position)
    {
        byte[] bytes = Convert.FromHexString(hex);
        var schema = ValueSchema.Parse(type);
        AvroFormatException? skipped = Skip(schema, bytes, out _);
        AvroFormatException? read = WriteJson(schema, bytes, out _);
        Assert.Contains(message, skipped!.Message, StringComparison.Ordinal);
        Assert.Equal((position, position), ((int)skipped.Position, (int)read!.Position));
    }

    [Fact]
    public void Blocks_that_say_their_size_are_read_as_well_as_blocks_that_do_not() =>
        Assert.Equal("[1,2,3]", Coding.JsonInRecord("""{"type":"array","items":"int"}""", "03040204" + "0206" + "00"));

    [Fact]
    public void Decimals_with_more_sign_than_they_need_are_read() =>
        Assert.Equal(
            "\"-1.00\"", Coding.JsonInRecord("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""", "28" + new string('f', 38) + "9c"));

    [Fact]
    public void Data_nested_too_deep_is_reported()
    {
        var schema = ValueSchema.Parse("""{"type":"record","name":"R","fields":[{"name":"r","type":["null","R"]}]}""");
        byte[] bytes = new byte[100_000];
        bytes.AsSpan().Fill(2);
        Assert.Contains("nested more than 64 deep", Skip(schema, bytes, out _)!.Message, StringComparison.Ordinal);
        Assert.Contains("nested more than 64 deep", WriteJson(schema, bytes, out _)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Items_without_bytes_are_counted_for_each_value_alone()
    {
        var schema = ValueSchema.Parse("""{"type":"array","items":"null"}""");
        byte[] one = Coding.Encode(schema, "[" + string.Join(',', Enumerable.Repeat("null", 60_000)) + "]");
        var reader = new AvroReader(Enumerable.Repeat(one, 100).SelectMany(bytes => bytes).ToArray());
        while (reader.Remaining > 0)
        {
            schema.Skip(ref reader);
        }

        Assert.Equal(100 * one.Length, reader.Consumed);
    }

    [Fact]
    public void A_container_files_value_that_is_malformed_is_not_copied()
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Throws<AvroFormatException>(() =>
        {
            var reader = new AvroReader([2, 0xff]);
            ValueSchema.Parse("\"string\"").CopyValue(ref reader, output);
        });
    }

    private static void AssertAlike(ValueSchema schema, ReadOnlySpan<byte> bytes)
    {
        AvroFormatException? skipped = Skip(schema, bytes, out int skippedBytes);
        AvroFormatException? read = WriteJson(schema, bytes, out int readBytes);
        Assert.True(skipped?.Message == read?.Message && skippedBytes == readBytes, $"{Convert.ToHexString(bytes)}: {skipped?.Message} / {read?.Message}");
    }

    private static AvroFormatException? Skip(ValueSchema schema, ReadOnlySpan<byte> bytes, out int consumed)
    {
        var reader = new AvroReader(bytes);
        try
        {
            schema.Skip(ref reader);
            return null;
        }
        catch (AvroFormatException e)
        {
            return e;
        }
        finally
        {
            consumed = reader.Consumed;
        }
    }

    private static AvroFormatException? WriteJson(ValueSchema schema, ReadOnlySpan<byte> bytes, out int consumed)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output);
        var reader = new AvroReader(bytes);
        try
        {
            schema.WriteJson(ref reader, json);
            json.Flush();
            JsonDocument.Parse(output.WrittenMemory, new JsonDocumentOptions { MaxDepth = 256 }).Dispose();
            return null;
        }
        catch (AvroFormatException e)
        {
            return e;
        }
        finally
        {
            consumed = reader.Consumed;
        }
    }
}
