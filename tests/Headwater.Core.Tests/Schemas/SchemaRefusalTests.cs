using Headwater.Core.Schemas;

namespace Headwater.Core.Tests.Schemas;

/// <summary>Texts that are not a schema, and schemas that a stream cannot have.</summary>
public sealed class SchemaRefusalTests
{
    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("int", "not JSON")]
    [InlineData("{", "not JSON")]
    [InlineData("{'type':'int'}", "not JSON")]
    [InlineData("\"int\" // comment", "not JSON")]
    [InlineData("""{"type":"int","type":"int"}""", "not JSON")]
    [InlineData("5", "a schema is a string, an object or an array")]
    [InlineData("null", "a schema is a string, an object or an array")]
    [InlineData("{}", "\"type\" is missing")]
    [InlineData("\"integer\"", "there is no type")]
    [InlineData("{\"type\":\"my.Type\"}", "there is no type")]
    [InlineData("[\"integer\"]", "not an Avro schema")]
    [InlineData("\"a b\"", "not a full name")]
    [InlineData("[]", "without branches")]
    [InlineData("""["int","int"]""", "not an Avro schema")]
    [InlineData("""["int",{"type":"int","logicalType":"date"}]""", "not an Avro schema")]
    [InlineData("""["int",["string"]]""", "/1: a union may not hold a union")]
    [InlineData("""[{"type":"array","items":"int"},{"type":"array","items":"long"}]""", "not an Avro schema")]
    [InlineData("""{"type":"array"}""", "\"items\" is missing")]
    [InlineData("""{"type":"map"}""", "\"values\" is missing")]
    [InlineData("""{"type":"array","items":5}""", "/items: a schema is")]
    [InlineData("""{"type":5}""", "/type: a schema is")]
    [InlineData("""{"type":{"type":"array","items":"int"}}""", "/type: put this type in the place of the object around it")]
    [InlineData("""{"type":"record","fields":[]}""", "\"name\" is missing")]
    [InlineData("""{"type":"record","name":"R"}""", "\"fields\" is missing")]
    [InlineData("""{"type":"record","name":"R","fields":{}}""", "/fields: an array is expected")]
    [InlineData("""{"type":"record","name":"R","fields":[5]}""", "/fields/0: a field is an object")]
    [InlineData("""{"type":"record","name":"R","fields":[{"type":"int"}]}""", "/fields/0: the member \"name\"")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a"}]}""", "/fields/0: the member \"type\"")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a-b","type":"int"}]}""", "/fields/0/name: \"a-b\" is not a name")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"é","type":"int"}]}""", "is not a name")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}""", "not an Avro schema")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int","order":"up"}]}""", "/fields/0/order")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int","doc":5}]}""", "/fields/0/doc")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int","aliases":"b"}]}""", "/fields/0/aliases")]
    [InlineData("""{"type":"record","name":"1R","fields":[]}""", "/name")]
    [InlineData("""{"type":"record","name":5,"fields":[]}""", "/name: a string is expected")]
    [InlineData("""{"type":"record","name":"R","namespace":"a..b","fields":[]}""", "/namespace")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"Q"}]}""", "not an Avro schema")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"record","name":"R","fields":[]}}]}""", "not an Avro schema")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"R"}]}""", "contains itself")]
    [InlineData("""{"type":"error","name":"R","fields":[]}""", "there is no type \"error\"")]
    [InlineData("""{"type":"enum","name":"E"}""", "\"symbols\" is missing")]
    [InlineData("""{"type":"enum","name":"E","symbols":"A"}""", "/symbols")]
    [InlineData("""{"type":"enum","name":"E","symbols":["a-b"]}""", "is not a name")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A","A"]}""", "not an Avro schema")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"],"default":"B"}""", "/default")]
    [InlineData("""{"type":"fixed","name":"F"}""", "\"size\" is missing")]
    [InlineData("""{"type":"fixed","name":"F","size":0}""", "/size")]
    [InlineData("""{"type":"fixed","name":"F","size":-1}""", "/size")]
    [InlineData("""{"type":"fixed","name":"F","size":1.5}""", "/size")]
    [InlineData("""{"type":"fixed","name":"F","size":99999999999}""", "/size")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":1001}""", "not supported")]
    [InlineData("""{"type":"record","name":"HeadwaterEvent","fields":[]}""", "reserved")]
    [InlineData("""{"type":"record","name":"my.Headwater","fields":[]}""", "reserved")]
    [InlineData("""{"type":"enum","name":"HeadwaterX","namespace":"my","symbols":["A"]}""", "reserved")]
    [InlineData("""{"type":"array","items":{"type":"fixed","name":"HeadwaterCrc","size":4}}""", "/items/name: names that start with Headwater are reserved")]
    [InlineData("""{"type":"record","name":"R","aliases":["HeadwaterEvent"],"fields":[]}""", "reserved")]
    [InlineData("""{"type":"record","name":"n.R","fields":[{"name":"a","type":{"type":"enum","name":"E","namespace":"","symbols":["A"]}}]}""", "not supported")]
    [InlineData("\"a\\ud800\"", "surrogate")]
    [InlineData("""{"type":"string","doc":"\ud800"}""", "surrogate")]
    [InlineData("""{"\ud800":"a","type":"string","b\ud800":1}""", "surrogate")]
    public void It_is_refused_with_the_reason(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<SchemaException>(() => ValueSchema.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Half_a_surrogate_pair_in_the_text_itself_is_refused() =>
        Assert.Contains("surrogate", Assert.Throws<SchemaException>(() => ValueSchema.Parse("\"a\ud800\"")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_text_over_256_KiB_is_refused() =>
        Assert.Contains(
            "longer than",
            Assert.Throws<SchemaException>(() => ValueSchema.Parse($$"""{"type":"string","doc":"{{new string('x', 256 * 1024)}}"}""")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_text_nested_too_deep_is_refused() =>
        Assert.Throws<SchemaException>(() => ValueSchema.Parse(Nested(61)));

    [Fact]
    public void Records_that_nest_deeper_than_values_may_are_refused()
    {
        string fields = """{"name":"f0","type":{"type":"record","name":"R0","fields":[{"name":"x","type":"int"}]}}""";
        for (int i = 1; i <= 64; i++)
        {
            fields += $$$""",{"name":"f{{{i}}}","type":{"type":"record","name":"R{{{i}}}","fields":[{"name":"x","type":"R{{{i - 1}}}"}]}}""";
        }

        Assert.Contains(
            "64 deep",
            Assert.Throws<SchemaException>(() => ValueSchema.Parse($$"""{"type":"record","name":"R","fields":[{{fields}}]}""")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Records_that_unfold_to_many_parts_without_bytes_are_refused()
    {
        string type = "\"null\"";
        for (int level = 0; level < 15; level++)
        {
            type = $$"""{"type":"record","name":"R{{level}}","fields":[{"name":"a","type":{{type}}},"""
                + $$"""{"name":"b","type":{{(level == 0 ? "\"null\"" : $"\"R{level - 1}\"")}}}]}""";
        }

        Assert.Contains("too many without any", Assert.Throws<SchemaException>(() => ValueSchema.Parse(type)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_deepest_text_accepted_still_opens_for_readers_that_stop_at_64_levels() =>
        Assert.NotNull(global::Avro.Schema.Parse(ValueSchema.Parse(Nested(60)).EventSchema));

    private static string Nested(int levels)
    {
        string text = "\"int\"";
        for (int i = 0; i < levels; i++)
        {
            text = "{\"type\":\"array\",\"items\":" + text + "}";
        }

        return text;
    }
}
