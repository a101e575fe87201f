using System.Text.Json;
using System.Text.Json.Nodes;
using Avro;
using Avro.Generic;
using Avro.IO;
using CsCheck;
using Headwater.Core.Schemas;

namespace Headwater.Core.Tests.Schemas;

/// <summary>The branch chosen for a value is the one that <see cref="PlainUnions"/> chooses.</summary>
public sealed class UnionRuleTests
{
    private const int Samples = 2_000;

    /// <summary>Records and maps of the names that random values use, each of which may be read as another.</summary>
    private const string LookAlikes =
        """
        {"type":"array","items":["null","int","long","bytes","string",
          {"type":"record","name":"R1","fields":[{"name":"a","type":["null","int","R1",{"type":"map","values":["null","R1","string"]}],"default":null},
            {"name":"b","type":["int","long"],"default":1}]},
          {"type":"record","name":"R2","fields":[{"name":"a","type":["null","R1","R2","int"]},{"name":"b","type":["bytes","string","long"],"default":""}]},
          {"type":"map","values":["null","R2","R1","string",{"type":"array","items":["long","R2"]}]}]}
        """;

    [Fact]
    public void Stored_values_of_random_schemas_are_written_as_by_the_plain_rules() =>
        Gen.Int.Sample(
            seed =>
            {
                (string type, byte[] encoded) = Random(seed);
                Assert.Equal(PlainUnions.Of(type).Decode(encoded), Coding.Decode(ValueSchema.Parse(type), encoded));
            },
            iter: Samples,
            threads: 1);

    [Fact]
    public void Changed_values_of_random_schemas_are_read_as_by_the_plain_rules() =>
        Gen.Int.Sample(
            seed =>
            {
                (string type, byte[] encoded) = Random(seed);
                CheckChanged(type, Coding.Decode(ValueSchema.Parse(type), encoded), seed);
            },
            iter: Samples,
            threads: 1);

    [Fact]
    public void Stored_values_of_types_that_look_alike_are_written_as_by_the_plain_rules() =>
        Gen.Int.Sample(
            seed =>
            {
                byte[] encoded = OfLookAlikes(seed);
                Assert.Equal(PlainUnions.Of(LookAlikes).Decode(encoded), Coding.Decode(ValueSchema.Parse(LookAlikes), encoded));
            },
            iter: Samples,
            threads: 1);

    [Fact]
    public void Changed_values_of_types_that_look_alike_are_read_as_by_the_plain_rules() =>
        Gen.Int.Sample(
            seed => CheckChanged(LookAlikes, Coding.Decode(ValueSchema.Parse(LookAlikes), OfLookAlikes(seed)), seed),
            iter: Samples,
            threads: 1);

    private static void CheckChanged(string type, string json, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 4; i++)
        {
            string changed = Change(JsonNode.Parse(json), random)?.ToJsonString() ?? "null";
            if (changed == "null")
            {
                continue;
            }

            byte[]? expected = PlainUnions.Of(type).Encode(changed);
            using JsonDocument document = JsonDocument.Parse(changed);
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            byte[]? actual = ValueSchema.Parse(type).TryWriteJson(document.RootElement, output) is null ? output.WrittenSpan.ToArray() : null;
            Assert.True(
                expected.AsSpan().SequenceEqual(actual) && expected is null == actual is null,
                $"{type}\n{changed}\nplain {Hex(expected)}\nread  {Hex(actual)}");
        }
    }

    private static string Hex(byte[]? bytes) => bytes is null ? "refused" : Convert.ToHexString(bytes);

    /// <summary>Wraps values in objects of one member, removes such objects, and replaces single values.</summary>
    private static JsonNode? Change(JsonNode? node, Random random)
    {
        switch (node)
        {
            case JsonObject { Count: 1 } one when random.Next(4) == 0:
                return Change(one.First().Value, random);
            case JsonObject members:
                var changed = new JsonObject();
                foreach ((string name, JsonNode? value) in members)
                {
                    changed[name] = Change(value, random);
                }

                return Wrapped(changed, random);
            case JsonArray items:
                return Wrapped(new JsonArray([.. items.Select(item => Change(item, random))]), random);
            default:
                JsonNode? single = random.Next(6) == 0 ? JsonNode.Parse(Singles[random.Next(Singles.Length)]) : node?.DeepClone();
                return Wrapped(single, random);
        }
    }

    private static readonly string[] Singles = ["null", "1", "1.0", "2147483648", "\"5\"", "\"a\"", "\"AAAA\"", "\"NaN\"", "true", "{}", "[]"];
    private static readonly string[] Names = ["a", "b", "int", "long", "string", "map", "array", "bytes", "R1", "R2"];

    private static JsonNode? Wrapped(JsonNode? node, Random random) =>
        random.Next(8) == 0 ? new JsonObject { [Names[random.Next(Names.Length)]] = node } : node;

    private static (string Type, byte[] Encoded) Random(int seed)
    {
        (_, string plain, Func<Schema, object?> value) = RandomSchema.From(seed);
        string type = "{\"type\":\"array\",\"items\":" + plain + "}";
        return (type, Stored(Schema.Parse(type), new[] { value(Schema.Parse(plain)) }));
    }

    private static byte[] OfLookAlikes(int seed)
    {
        var schema = Schema.Parse(LookAlikes);
        return Stored(schema, RandomSchema.ValueOf(schema, seed)!);
    }

    private static byte[] Stored(Schema schema, object value)
    {
        using var stream = new MemoryStream();
        stream.WriteByte(2);
        new GenericWriter<object>(schema).Write(value, new BinaryEncoder(stream));
        return stream.ToArray();
    }
}
