using Avro;
using Avro.Generic;
using Avro.IO;
using CsCheck;
using Headwater.Core.Schemas;

namespace Headwater.Core.Tests.Schemas;

/// <summary>The size of a value's JSON form is known before it is written.</summary>
public sealed class JsonSizeTests
{
    [Fact]
    public void No_value_is_written_longer_than_its_size() =>
        Gen.Int.Sample(
            seed =>
            {
                (string type, byte[] encoded) = Random(seed);
                string json = Coding.Decode(ValueSchema.Parse(type), encoded);
                Assert.False(ValueSchema.Parse(type).FitsJson(encoded, System.Text.Encoding.UTF8.GetByteCount(json) - 1), $"{type}\n{json}");
            },
            iter: 5_000);

    [Fact]
    public void A_schema_of_one_type_for_each_shape_gathers_nothing()
    {
        ValueSchema schema = Coding.InRecord("""["null","long","string",{"type":"array","items":"int"}]""");
        Assert.Equal(0, schema.GatheredBytes(Coding.Encode(schema, """{"v":[1,2,3]}""")));
    }

    [Fact]
    public void Types_of_the_same_shape_gather_their_text()
    {
        ValueSchema schema = Coding.InRecord("""["bytes","string"]""");
        string text = new('x', 100_000);
        Assert.InRange(schema.GatheredBytes(Coding.Encode(schema, $$"""{"v":"{{text}}!"}""")), 100_000, 48 * 110_000);
    }

    [Theory]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"NAME","type":"int"}]}""", """{"NAME":1}""", 2 + 1_028 + 4, 1)]
    [InlineData("""{"type":"enum","name":"E","symbols":["NAME","b"]}""", "\"NAME\"", 1_031, 2)]
    public void A_name_of_a_stream_of_an_older_version_counts_as_1024_bytes(string schema, string json, long size, long slack)
    {
        string name = new('n', 100_000);
        var parsed = ValueSchema.Parse(schema.Replace("NAME", name, StringComparison.Ordinal));
        byte[] encoded = Coding.Encode(parsed, json.Replace("NAME", name, StringComparison.Ordinal));
        Assert.True(parsed.FitsJson(encoded, size + slack));
        Assert.False(parsed.FitsJson(encoded, size - 1 - slack));
    }

    private static (string Type, byte[] Encoded) Random(int seed)
    {
        (string text, string plain, Func<Schema, object?> value) = RandomSchema.From(seed);
        var schema = Schema.Parse("{\"type\":\"array\",\"items\":" + plain + "}");
        using var stream = new MemoryStream();
        stream.WriteByte(2);
        new GenericWriter<object>(schema).Write(new[] { value(Schema.Parse(plain)) }, new BinaryEncoder(stream));
        return ("{\"type\":\"array\",\"items\":" + text + "}", stream.ToArray());
    }
}
