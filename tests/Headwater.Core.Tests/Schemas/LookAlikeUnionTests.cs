using Avro;
using Avro.Generic;
using Avro.IO;
using CsCheck;
using Headwater.Core.Schemas;

namespace Headwater.Core.Tests.Schemas;

/// <summary>Unions whose branches look alike in JSON: a value of any branch is read back as a value of the same branch.</summary>
public sealed class LookAlikeUnionTests
{
    [Theory]
    [InlineData("""["int","long","float","double"]""")]
    [InlineData("""["double","float","long","int"]""")]
    [InlineData("""["bytes","string",{"type":"map","values":"string"}]""")]
    [InlineData("""[{"type":"map","values":"string"},"bytes","string"]""")]
    [InlineData("""["bytes","string",{"type":"map","values":{"type":"map","values":"string"}}]""")]
    [InlineData("""["bytes","string",{"type":"map","values":["bytes","string","null"]}]""")]
    [InlineData("""["null",{"type":"map","values":{"type":"map","values":["int","long"]}}]""")]
    [InlineData("""[{"type":"enum","name":"R1","symbols":["a","AAAA"]},{"type":"enum","name":"R2","symbols":["AAAA","NaN"]},"string","double","bytes"]""")]
    [InlineData("""[{"type":"fixed","name":"R1","size":3},{"type":"fixed","name":"R2","size":2},"string","bytes",{"type":"map","values":"bytes"}]""")]
    [InlineData("""["int","long",{"type":"record","name":"R1","fields":[{"name":"long","type":"int"}]},{"type":"map","values":"long"}]""")]
    [InlineData("""["int","long",{"type":"map","values":"long"},{"type":"record","name":"R1","fields":[{"name":"long","type":"int"}]}]""")]
    [InlineData(
        """[{"type":"record","name":"R1","fields":[{"name":"a","type":"int"}]},{"type":"record","name":"R2","fields":[{"name":"a","type":"long"},"""
            + """{"name":"b","type":"int","default":1}]}]""")]
    [InlineData(
        """[{"type":"record","name":"R1","fields":[{"name":"a","type":"int"},{"name":"b","type":"int","default":1}]},"""
            + """{"type":"record","name":"R2","fields":[{"name":"a","type":"long"}]}]""")]
    [InlineData(
        """[{"type":"record","name":"R1","fields":[{"name":"R2","type":["null","R1"]}]},"""
            + """{"type":"record","name":"R2","fields":[{"name":"R2","type":["null","R1","R2"]}]},{"type":"map","values":["R2","R1","null"]}]""")]
    [InlineData(
        """[{"type":"array","items":["int","long"]},"""
            + """{"type":"record","name":"R1","fields":[{"name":"array","type":{"type":"array","items":["long","int"]}}]},"""
            + """{"type":"map","values":{"type":"array","items":["long","int"]}}]""")]
    [InlineData(
        """[{"type":"record","name":"R1","fields":[{"name":"map","type":["null","R1",{"type":"map","values":["R1","null"]}]}]},"""
            + """{"type":"map","values":["null","R1"]}]""")]
    public void Whatever_Apache_Avro_wrote_comes_back_as_the_same_bytes(string type)
    {
        string text = "{\"type\":\"array\",\"items\":" + type + "}";
        var plain = Schema.Parse(text);
        ValueSchema schema = ValueSchema.Parse(text);
        Gen.Int.Sample(
            seed =>
            {
                byte[] written = Write(plain, RandomSchema.ValueOf(plain, seed)!);

                string json = Coding.Decode(schema, written);

                Assert.True(written.AsSpan().SequenceEqual(Coding.Encode(schema, json)), $"{json}\n{Convert.ToHexString(written)}");
            },
            iter: 1_000,
            threads: 1);
    }

    private static byte[] Write(Schema schema, object value)
    {
        using var stream = new MemoryStream();
        stream.WriteByte(2);
        new GenericWriter<object>(schema).Write(value, new BinaryEncoder(stream));
        return stream.ToArray();
    }
}
