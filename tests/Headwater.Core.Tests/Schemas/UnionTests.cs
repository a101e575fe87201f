using System.Buffers;
using System.Text.Json;
using Headwater.Core.Schemas;

namespace Headwater.Core.Tests.Schemas;

/// <summary>Which union branch a JSON value selects, and when a value is written in an object named after its branch.</summary>
public sealed class UnionTests
{
    private const string A = """{"type":"record","name":"A","namespace":"n","fields":[{"name":"x","type":"int"}]}""";
    private const string B = """{"type":"record","name":"B","namespace":"n","fields":[{"name":"x","type":"int"},{"name":"y","type":"int","default":0}]}""";

    [Theory]
    [InlineData("""["null","int","string"]""", "null", "00")]
    [InlineData("""["null","int","string"]""", "5", "020a")]
    [InlineData("""["null","int","string"]""", "\"5\"", "040235")]
    [InlineData("""["int","long"]""", "5", "000a")]
    [InlineData("""["int","long"]""", "2147483648", "028080808010")]
    [InlineData("""["int","double"]""", "1", "0002")]
    [InlineData("""["int","double"]""", "1.0", "02000000000000f03f")]
    [InlineData("""["double","int"]""", "1", "00000000000000f03f")]
    [InlineData("""["bytes","string"]""", "\"AAAA\"", "0006000000")]
    [InlineData("""["bytes","string"]""", "\"AAA\"", "0206414141")]
    [InlineData("[" + A + "," + B + "]", """{"x":1}""", "0002")]
    [InlineData("[" + A + "," + B + "]", """{"x":1,"y":2}""", "020204")]
    [InlineData("[" + B + "," + A + "]", """{"x":1}""", "000200")]
    public void The_first_branch_that_takes_the_bare_value_has_it(string union, string json, string hex) =>
        Assert.Equal(hex, Coding.HexInRecord(union, json));

    [Theory]
    [InlineData("""["long","string"]""", "\"5\"", "020235")]
    [InlineData("""["long","bytes"]""", "\"5\"", "000a")]
    [InlineData("""[{"type":"long","logicalType":"timestamp-millis"},"int"]""", "5", "020a")]
    [InlineData("""["int","double"]""", "1e0", "02000000000000f03f")]
    [InlineData("""["float","double"]""", "0.1", "00cdcccc3d")]
    [InlineData("""["float","double"]""", "0.123456789", "025f633937dd9abf3f")]
    public void A_branch_that_takes_the_value_as_it_is_goes_before_one_that_would_convert_it(string union, string json, string hex) =>
        Assert.Equal(hex, Coding.HexInRecord(union, json));

    [Theory]
    [InlineData("""["int","long"]""", """{"long":5}""", "020a")]
    [InlineData("""["int","long"]""", """{"long":"5"}""", "020a")]
    [InlineData("""["int","long"]""", """{"int":5}""", "000a")]
    [InlineData("""["bytes","string"]""", """{"string":"AAAA"}""", "020841414141")]
    [InlineData("[" + A + "," + B + "]", """{"n.B":{"x":1}}""", "020200")]
    [InlineData("[" + A + "," + B + "]", """{"n.B":{"x":1,"y":3}}""", "020206")]
    [InlineData("""["null",{"type":"array","items":"int"}]""", """{"array":[1]}""", "02020200")]
    public void The_wrapped_form_names_the_branch(string union, string json, string hex) =>
        Assert.Equal(hex, Coding.HexInRecord(union, json));

    [Theory]
    [InlineData("""["int","long"]""", "020a", """{"long":5}""")]
    [InlineData("""["int","long"]""", "028080808010", "2147483648")]
    [InlineData("""["bytes","string"]""", "020841414141", """{"string":"AAAA"}""")]
    [InlineData("""["bytes","string"]""", "0206414141", "\"AAA\"")]
    [InlineData("""["double","string"]""", "02064e614e", """{"string":"NaN"}""")]
    [InlineData("""["double","string"]""", "020261", "\"a\"")]
    [InlineData("[" + A + "," + B + "]", "020200", """{"x":1,"y":0}""")]
    [InlineData("[" + B + "," + A + "]", "0202", """{"n.A":{"x":1}}""")]
    public void A_value_is_written_wrapped_exactly_where_bare_would_take_another_branch(string union, string hex, string json) =>
        Assert.Equal(json, Coding.JsonInRecord(union, hex));

    [Fact]
    public void A_map_that_looks_wrapped_stays_a_map_where_nothing_needs_wrapping() =>
        Assert.Equal(
            """{"map":{"a":{}}}""",
            Coding.ThereAndBack("""["null",{"type":"map","values":{"type":"map","values":{"type":"map","values":"int"}}}]""", """{"map":{"a":{}}}"""));

    [Fact]
    public void A_bare_map_goes_before_a_string_needlessly_wrapped() =>
        Assert.Equal("02020c737472696e67027800", Coding.HexInRecord("""["null",{"type":"map","values":"string"},"string"]""", """{"string":"x"}"""));

    [Fact]
    public void A_string_that_needs_wrapping_goes_before_a_map() =>
        Assert.Equal("020841414141", Coding.HexInRecord("""["bytes","string",{"type":"map","values":"string"}]""", """{"string":"AAAA"}"""));

    [Fact]
    public void The_stored_union_of_a_schema_that_is_none_is_not_wrapped()
    {
        var schema = ValueSchema.Parse("""{"type":"map","values":{"type":"map","values":"int"}}""");
        Assert.Equal("""{"map":{"a":1}}""", Coding.Decode(schema, Coding.Encode(schema, """{"map":{"a":1}}""")));
    }

    [Fact]
    public void A_top_level_union_is_flattened_and_its_null_comes_first()
    {
        var schema = ValueSchema.Parse("""["string","null","int"]""");
        Assert.Equal("040a", Convert.ToHexStringLower(Coding.Encode(schema, "5")));
        Assert.Equal("020235", Convert.ToHexStringLower(Coding.Encode(schema, "\"5\"")));
        Assert.Equal("00", Convert.ToHexStringLower(Coding.Encode(schema, "null")));
    }

    [Fact]
    public void A_top_level_union_can_be_wrapped() =>
        Assert.Equal("040a", Convert.ToHexStringLower(Coding.Encode(ValueSchema.Parse("""["int","long"]"""), """{"long":5}""")));

    [Fact]
    public void Null_is_a_tombstone_whatever_the_schema() =>
        Assert.Equal("null", Coding.Decode(ValueSchema.Parse("\"int\""), Coding.Encode(ValueSchema.Parse("\"int\""), "null")));

    [Fact]
    public void A_value_inside_a_larger_document_reads_as_it_does_alone()
    {
        const string Json = """[{"x":1},{"x":1,"y":2},{"n.B":{"x":3}},{"x":4,"y":5}]""";
        var schema = ValueSchema.Parse($$"""{"type":"array","items":[{{A}},{{B}}]}""");
        using JsonDocument document = JsonDocument.Parse("{\"events\":[{\"value\":" + Json + "}]}");
        var output = new ArrayBufferWriter<byte>();
        Assert.Null(schema.TryWriteJson(document.RootElement.GetProperty("events")[0].GetProperty("value"), output));
        Assert.Equal(Coding.Encode(schema, Json), output.WrittenSpan.ToArray());
    }

    [Fact(Timeout = 20_000)]
    public Task Recursive_unions_of_look_alikes_are_not_tried_over_and_over() => Task.Run(
        () =>
        {
            // Each level can be an A or a B, and only the innermost level decides. Trying both at each level would take 2^50 attempts.
            string union = """["null",{"type":"record","name":"T.A","fields":[{"name":"x","default":null,"type":["null","T.A","""
                + """{"type":"record","name":"T.B","fields":[{"name":"x","default":null,"type":["null","T.A","T.B"]},"""
                + """{"name":"z","type":"int","default":0}]}]},{"name":"y","type":"int","default":0}]},"T.B"]""";
            string json = string.Concat(Enumerable.Repeat("{\"x\":", 50)) + "{\"z\":1}" + new string('}', 50);
            Assert.NotEmpty(Coding.HexInRecord(union, json));
        },
        TestContext.Current.CancellationToken);
}
