using System.Text.Json.Nodes;
using Avro;
using CsCheck;
using Headwater.Core.Schemas;

namespace Headwater.Core.Tests.Schemas;

/// <summary>
/// The encoder of one pass writes what the encoder of documents writes, or gives up. <see cref="Coding"/> compares both for every value of this folder's tests.
/// </summary>
public sealed class ValueEncoderTests
{
    private const int Samples = 3_000;

    private const string Sale =
        """
        {"type":"record","name":"Sale","fields":[
          {"name":"saleId","type":"string"},{"name":"storeId","type":"long"},{"name":"itemId","type":"long"},{"name":"quantity","type":"int"},
          {"name":"unitPrice","type":"double"},{"name":"currency","type":{"type":"enum","name":"Currency","symbols":["CAD","USD","EUR"]}},
          {"name":"tags","type":{"type":"array","items":"string"}},{"name":"note","type":["null","string"],"default":null},
          {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}}]}
        """;

    /// <summary>Sales with members in the schema's order, in another order, and with values in unusual forms.</summary>
    public static TheoryData<string> SaleValues =>
    [
        """
        {"saleId":"s-1","storeId":17,"itemId":9000000000,
         "quantity":2,"unitPrice":9.5,"currency":"USD","tags":["a","b"],"note":null,"at":"2026-01-02T03:04:05.006Z"}
        """,
        """
        {"at":"2026-01-02T03:04:05.006Z","tags":[],"currency":"EUR","unitPrice":1e2,
         "quantity":-1,"itemId":0,"storeId":-9223372036854775808,"saleId":""}
        """,
        """
        {"saleId":"line\nend é\ud83d\ude00","at":1767323045006,"storeId":"9007199254740993","itemId":1.0,
         "quantity":1e3,"unitPrice":"NaN","currency":"CAD","tags":["\u00e9"]}
        """,
    ];

    [Theory]
    [MemberData(nameof(SaleValues))]
    public void A_sale_is_encoded_in_any_order_of_its_members(string json) => Assert.Equal(Coding.Encode(ValueSchema.Parse(Sale), json), InOnePass(Sale, json));

    [Theory]
    [InlineData("\"bytes\"", "\"AAEC\"")]
    [InlineData("""{"type":"fixed","name":"F","size":2}""", "\"AAE=\"")]
    [InlineData("""{"type":"map","values":"int"}""", """{"a":1,"b":2}""")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}""", "\"12.50\"")]
    [InlineData("""{"type":"string","logicalType":"uuid"}""", "\"123e4567-e89b-12d3-a456-426614174000\"")]
    [InlineData("""{"type":"int","logicalType":"date"}""", "\"2026-01-02\"")]
    [InlineData("""{"type":"long","logicalType":"timestamp-micros"}""", "\"0001-01-01T00:00:00.000001+23:59\"")]
    [InlineData("""{"type":"long","logicalType":"timestamp-nanos"}""", "\"2026-01-02T03:04:05.000000001Z\"")]
    [InlineData("""["int","string"]""", "7")]
    [InlineData("""["null","int","long","double"]""", "1.5")]
    [InlineData("\"float\"", "0.1")]
    [InlineData("\"boolean\"", "true")]
    public void An_ordinary_value_is_encoded(string type, string json)
    {
        string schema = $$"""{"type":"record","name":"R","fields":[{"name":"v","type":{{type}}}]}""";
        string value = "{\"v\":" + json + "}";

        Assert.Equal(Coding.Encode(ValueSchema.Parse(schema), value), InOnePass(schema, value));
    }

    [Fact]
    public void An_array_of_100_items_has_a_count_of_two_bytes()
    {
        const string Array = """{"type":"array","items":"long"}""";
        string json = "[" + string.Join(',', Enumerable.Range(0, 100)) + "]";

        Assert.Equal(Coding.Encode(ValueSchema.Parse(Array), json), InOnePass(Array, json));
    }

    [Fact]
    public void A_value_over_64_KiB_is_given_up()
    {
        string json = "[" + string.Join(',', Enumerable.Repeat("\"" + new string('a', 1000) + "\"", 70)) + "]";

        Assert.Null(InOnePass("""{"type":"array","items":"string"}""", json));
    }

    [Theory]
    [InlineData("""{"v":1,"v":2}""")]
    [InlineData("""{"w":1,"v":2,"v":3}""")]
    [InlineData("""{"v":1,"other":2}""")]
    [InlineData("""{"w":1}""")]
    [InlineData("""{"v":null}""")]
    [InlineData("""{"v":"\ud800"}""")]
    [InlineData("[]")]
    public void A_value_that_does_not_fit_is_given_up(string json) => Assert.Null(InOnePass(
        """{"type":"record","name":"R","fields":[{"name":"v","type":["int","string"]},{"name":"w","type":"int","default":1}]}""", json));

    [Fact]
    public void Records_in_records_whose_members_are_reversed_are_given_up_before_they_cost_much()
    {
        const string Nested =
            """{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":["null","R"],"default":null}]}""";
        string value = Enumerable.Range(0, 40).Aggregate("null", (inner, _) => "{\"b\":" + inner + ",\"a\":1}");

        string padded = value.Replace("\"a\":1", "\"a\":" + new string(' ', 1000) + "1", StringComparison.Ordinal);

        Assert.Null(InOnePass(Nested, padded));
    }

    [Fact]
    public void Whatever_one_pass_encodes_is_encoded_alike_from_a_document() =>
        Gen.Int.Sample(
            seed =>
            {
                (string text, string plain, Func<Schema, object?> value) = RandomSchema.From(seed);
                ValueSchema schema = ValueSchema.Parse(text);
                var random = new Random(seed);
                JsonNode? json = JsonNode.Parse(Coding.Decode(schema, AgainstApacheAvroTests.Written(plain, value)));
                string changed = Changed(json, random)?.ToJsonString() ?? "null";

                byte[]? inOnePass = Coding.TryEncodeInOnePass(schema, changed);

                if (inOnePass is not null)
                {
                    Assert.Equal(Coding.Encode(schema, changed), inOnePass);
                }
            },
            iter: Samples);

    private static byte[]? InOnePass(string schema, string json) => Coding.TryEncodeInOnePass(ValueSchema.Parse(schema), json);

    /// <summary>The same value with members in another order, now and then one member or item less, or another value in its place.</summary>
    private static JsonNode? Changed(JsonNode? node, Random random)
    {
        if (random.Next(40) == 0)
        {
            return new[] { "1", "1.5", "\"a\"", "null", "true", "[]", "{}", "\"2020-01-01\"", "{\"int\":1}" }
                .Select(text => JsonNode.Parse(text)).ElementAt(random.Next(9));
        }

        switch (node)
        {
            case JsonObject members:
                KeyValuePair<string, JsonNode?>[] kept = [.. members.Where(_ => random.Next(30) > 0)];
                if (random.Next(2) == 0)
                {
                    random.Shuffle(kept);
                }

                return new JsonObject(kept.Select(member => KeyValuePair.Create(member.Key, Changed(member.Value, random))));
            case JsonArray items:
                return new JsonArray([.. items.Select(item => Changed(item, random))]);
            default:
                return node?.DeepClone();
        }
    }
}
