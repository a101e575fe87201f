using System.Buffers;
using System.Text;
using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas;

namespace Headwater.Core.Tests.Schemas;

/// <summary>Converts JSON to Avro and back, as strings, for the tests of this folder.</summary>
internal static class Coding
{
    public static byte[] Encode(ValueSchema schema, string json)
    {
        var output = new ArrayBufferWriter<byte>();
        using JsonDocument document = JsonDocument.Parse(json);
        ValueMismatch? mismatch = schema.TryWriteJson(document.RootElement, output);
        Assert.True(mismatch is null, $"{json} does not fit: {mismatch}");
        if (TryEncodeInOnePass(schema, json) is { } inOnePass)
        {
            Assert.True(output.WrittenSpan.SequenceEqual(inOnePass), $"{json}\n{Convert.ToHexString(output.WrittenSpan)}\n{Convert.ToHexString(inOnePass)}");
        }

        return output.WrittenSpan.ToArray();
    }

    public static ValueMismatch Refused(ValueSchema schema, string json)
    {
        using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1000 });
        ValueMismatch? mismatch = schema.TryWriteJson(document.RootElement, new ArrayBufferWriter<byte>());
        Assert.True(mismatch is not null, $"{json} is accepted");
        Assert.True(TryEncodeInOnePass(schema, json) is null, $"{json} is accepted in one pass");
        return mismatch;
    }

    /// <summary>Encodes a value as bodies of events are encoded first; null if that gives up.</summary>
    public static byte[]? TryEncodeInOnePass(ValueSchema schema, string json)
    {
        byte[] text = Encoding.UTF8.GetBytes(json);
        using var encoder = new ValueEncoder();
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 1000 });
        reader.Read();
        if (!encoder.TryEncode(schema, ref reader, text))
        {
            return null;
        }

        Assert.False(reader.Read(), "The reader is not at the value's end.");
        return encoder.Written.ToArray();
    }

    public static ValueMismatch Refused(string schema, string json) => Refused(ValueSchema.Parse(schema), json);

    /// <summary>Decodes a value, and asserts that decoding and skipping both end at its last byte.</summary>
    public static string Decode(ValueSchema schema, ReadOnlySpan<byte> encoded)
    {
        var skipping = new AvroReader(encoded);
        schema.Skip(ref skipping);
        Assert.Equal(encoded.Length, skipping.Consumed);

        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output);
        var reader = new AvroReader(encoded);
        schema.WriteJson(ref reader, json);
        json.Flush();
        Assert.Equal(encoded.Length, reader.Consumed);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>The bytes of a value in field v of a record, without the branch index of the union that every stored value is in.</summary>
    public static string HexInRecord(string type, string json) =>
        Convert.ToHexStringLower(Encode(InRecord(type), "{\"v\":" + json + "}").AsSpan(1));

    public static string JsonInRecord(string type, string hex)
    {
        string json = Decode(InRecord(type), Convert.FromHexString("02" + hex));
        return json["{\"v\":".Length..^1];
    }

    public static string ThereAndBack(string type, string json) => JsonInRecord(type, HexInRecord(type, json));

    public static ValueSchema InRecord(string type) =>
        ValueSchema.Parse("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"v\",\"type\":" + type + "}]}");
}
