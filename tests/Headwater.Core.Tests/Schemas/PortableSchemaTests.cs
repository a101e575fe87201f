using Headwater.Core.Schemas;

namespace Headwater.Core.Tests.Schemas;

/// <summary>Schemas that other Avro implementations reject are rejected for new streams. Existing streams can keep using them.</summary>
public sealed class PortableSchemaTests
{
    public static TheoryData<string, string> Refused => new()
    {
        { """{"type":"record","name":"long","fields":[]}""", "/name" },
        { """{"type":"record","name":"my.string","fields":[]}""", "/name" },
        { """{"type":"enum","name":"null","symbols":["A"]}""", "/name" },
        { """{"type":"fixed","name":"record","size":1}""", "/name" },
        { """{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"record","name":"int","fields":[]}}]}""", "/fields/0/type/name" },
        { """{"type":{"type":"long"},"logicalType":"timestamp-millis"}""", "/type" },
        { """{"type":{"type":"int"}}""", "/type" },
        { """{"type":"array","items":{"type":["null","int"]}}""", "/items/type" },
        { """["null",{"type":{"type":"int"}}]""", "/1/type" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_new_stream_cannot_have_it(string schema, string pointer) =>
        Assert.StartsWith(pointer + ":", Assert.Throws<SchemaException>(() => ValueSchema.ParseNew(schema)).Message, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_stream_that_has_it_keeps_it(string schema, string pointer) => Assert.NotEqual(pointer, ValueSchema.Parse(schema).FullName);

    [Fact]
    public void A_name_of_1025_characters_is_refused() =>
        Assert.Contains(
            "at most 1024 characters", Assert.Throws<SchemaException>(() => ValueSchema.ParseNew(NamedField(1025))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"type":"enum","name":"E","symbols":["A","NAME"]}""", "/symbols/1")]
    [InlineData("""{"type":"enum","name":"E","namespace":"NAME","symbols":["A"]}""", "/namespace")]
    [InlineData("""{"type":"record","name":"R","namespace":"NAME","fields":[]}""", "/namespace")]
    public void A_symbol_or_namespace_of_1025_characters_is_refused_for_new_streams_alone(string schema, string pointer)
    {
        string tooLong = schema.Replace("NAME", new string('n', 1025), StringComparison.Ordinal);
        Assert.StartsWith(pointer + ":", Assert.Throws<SchemaException>(() => ValueSchema.ParseNew(tooLong)).Message, StringComparison.Ordinal);
        Assert.NotEmpty(ValueSchema.Parse(tooLong).FullName);
        Assert.NotEmpty(ValueSchema.ParseNew(schema.Replace("NAME", new string('n', 1024), StringComparison.Ordinal)).FullName);
    }

    [Fact]
    public void A_name_of_1024_characters_is_accepted() => Assert.Equal("R", ValueSchema.ParseNew(NamedField(1024)).FullName);

    private static string NamedField(int length) => $$"""{"type":"record","name":"R","fields":[{"name":"{{new string('a', length)}}","type":"int"}]}""";
}
