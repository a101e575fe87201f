using Headwater.Core.Schemas;

namespace Headwater.Core.Tests.Schemas;

/// <summary>A missing member takes the schema's default, which is written in the specification's JSON encoding of defaults.</summary>
public sealed class DefaultTests
{
    [Theory]
    [InlineData("\"null\"", "null", "")]
    [InlineData("\"boolean\"", "true", "01")]
    [InlineData("\"int\"", "-1", "01")]
    [InlineData("\"long\"", "9007199254740993", "8280808080808020")]
    [InlineData("\"float\"", "1", "0000803f")]
    [InlineData("\"double\"", "0.1", "9a9999999999b93f")]
    [InlineData("\"bytes\"", "\"\\u00ff\\u0000\"", "04ff00")]
    [InlineData("\"string\"", "\"2020-01-01T00:00:00Z\"", "28323032302d30312d30315430303a30303a30305a")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A","B"]}""", "\"B\"", "02")]
    [InlineData("""{"type":"fixed","name":"F","size":2}""", "\"\\u0001\\u00fe\"", "01fe")]
    [InlineData("""{"type":"array","items":"int"}""", "[1,2]", "04020400")]
    [InlineData("""{"type":"array","items":"int"}""", "[]", "00")]
    [InlineData("""{"type":"map","values":"int"}""", """{"a":1}""", "0202610200")]
    [InlineData("""["null","int"]""", "null", "00")]
    [InlineData("""["int","null"]""", "5", "000a")]
    [InlineData("""["null","int"]""", "5", "020a")]
    [InlineData("""["int","long"]""", "2147483648", "028080808010")]
    [InlineData("""{"type":"record","name":"In","fields":[{"name":"a","type":"int"},{"name":"b","type":"int","default":3}]}""", """{"a":1}""", "0206")]
    [InlineData("""{"type":"long","logicalType":"timestamp-millis"}""", "5", "0a")]
    [InlineData("""{"type":"int","logicalType":"date"}""", "1", "02")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""", "\"\\u0001\"", "0201")]
    [InlineData(
        """{"type":"fixed","name":"D","size":12,"logicalType":"duration"}""",
        "\"\\u0001\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\"",
        "010000000000000000000000")]
    public void A_missing_member_takes_the_default(string type, string value, string hex)
    {
        var schema = ValueSchema.Parse($$"""{"type":"record","name":"R","fields":[{"name":"v","type":{{type}},"default":{{value}}}]}""");
        Assert.Equal("02" + hex, Convert.ToHexStringLower(Coding.Encode(schema, "{}")));
    }

    [Theory]
    [InlineData("\"null\"", "0")]
    [InlineData("\"boolean\"", "\"true\"")]
    [InlineData("\"int\"", "null")]
    [InlineData("\"int\"", "1.5")]
    [InlineData("\"int\"", "2147483648")]
    [InlineData("\"long\"", "\"1\"")]
    [InlineData("\"float\"", "\"NaN\"")]
    [InlineData("\"bytes\"", "\"\\u0100\"")]
    [InlineData("\"bytes\"", "1")]
    [InlineData("\"string\"", "1")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A","B"]}""", "\"C\"")]
    [InlineData("""{"type":"fixed","name":"F","size":2}""", "\"\\u0001\"")]
    [InlineData("""{"type":"array","items":"int"}""", "{}")]
    [InlineData("""{"type":"array","items":"int"}""", "[null]")]
    [InlineData("""{"type":"array","items":"null"}""", "[null]")]
    [InlineData("""{"type":"map","values":"int"}""", "[]")]
    [InlineData("""["null","int"]""", "\"a\"")]
    [InlineData("""{"type":"record","name":"In","fields":[{"name":"a","type":"int"}]}""", "{}")]
    [InlineData("""{"type":"record","name":"In","fields":[{"name":"a","type":"int"}]}""", """{"a":1,"b":2}""")]
    [InlineData("""{"type":"int","logicalType":"date"}""", "\"2020-01-01\"")]
    public void A_default_that_does_not_fit_its_type_is_refused(string type, string value)
    {
        SchemaException refused = Assert.Throws<SchemaException>(
            () => ValueSchema.Parse($$"""{"type":"record","name":"R","fields":[{"name":"v","type":{{type}},"default":{{value}}}]}"""));
        Assert.Contains("/fields/0/default", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_default_may_lean_on_a_default_defined_later()
    {
        var schema = ValueSchema.Parse(
            """
            {"type":"record","name":"R","fields":[
              {"name":"a","type":{"type":"array","items":
                {"type":"record","name":"In","fields":[{"name":"x","type":["null","R"],"default":null},{"name":"y","type":"int","default":9}]}},"default":[{}]},
              {"name":"b","type":"In","default":{"y":1}}]}
            """);
        Assert.Equal("""{"a":[{"x":null,"y":9}],"b":{"x":null,"y":1}}""", Coding.Decode(schema, Coding.Encode(schema, "{}")));
    }

    [Fact]
    public void A_default_that_needs_itself_is_refused() =>
        Assert.Contains(
            "depends on itself",
            Assert.Throws<SchemaException>(() => ValueSchema.Parse(
                """{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"array","items":"R"},"default":[{}]}]}""")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Defaults_that_double_at_every_level_are_refused()
    {
        string type = "\"string\"";
        for (int level = 0; level < 15; level++)
        {
            type = $$"""{"type":"record","name":"R{{level}}","fields":[{"name":"a","type":{{type}},"default":"""
                + (level == 0 ? "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"" : "{}")
                + """},{"name":"b","type":"""
                + (level == 0 ? "\"string\",\"default\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxx\"" : $"\"R{level - 1}\",\"default\":{{}}")
                + "}]}";
        }

        Assert.Contains("defaults", Assert.Throws<SchemaException>(() => ValueSchema.Parse(type)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_default_may_not_take_a_value_deeper_than_can_be_read()
    {
        var schema = ValueSchema.Parse(
            """{"type":"record","name":"R","fields":[{"name":"r","type":["null","R"],"default":null},"""
                + """{"name":"a","type":{"type":"array","items":{"type":"array","items":"int"}},"default":[[1]]}]}""");
        string json = string.Concat(Enumerable.Repeat("{\"r\":", 61)) + "{}" + new string('}', 61);
        Assert.StartsWith("{\"r\":", Coding.Decode(schema, Coding.Encode(schema, json)), StringComparison.Ordinal);
        Assert.Contains("with its defaults", Coding.Refused(schema, "{\"r\":" + json + "}").Message, StringComparison.Ordinal);
    }
}
