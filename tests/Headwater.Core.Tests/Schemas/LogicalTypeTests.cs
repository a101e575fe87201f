using System.Buffers;
using Headwater.Core.Avro;
using Headwater.Core.Schemas;

namespace Headwater.Core.Tests.Schemas;

/// <summary>
/// A value that fits the underlying type but not its logical type is rejected in every format that producers send, and can be read if it is stored.
/// </summary>
public sealed class LogicalTypeTests
{
    private const string Uuid = """{"type":"string","logicalType":"uuid"}""";
    private const string Decimal = """{"type":"bytes","logicalType":"decimal","precision":2,"scale":0}""";

    /// <summary>A type, a value's bytes, and the JSON of the value, which is that of the underlying type.</summary>
    public static TheoryData<string, string, string> Unfit => new()
    {
        { Uuid, "00", "\"\"" },
        { Uuid, "0261", "\"a\"" },
        { Decimal, "00", "\"\"" },
        { Decimal, "0264", "\"ZA==\"" },
        { Decimal, "0403e8", "\"A+g=\"" },
        { """{"type":"fixed","name":"D","size":2,"logicalType":"decimal","precision":2}""", "03e8", "\"A+g=\"" },
        { $$"""{"type":"array","items":{{Uuid}}}""", "02" + "0261" + "00", "[\"a\"]" },
        { $$"""{"type":"map","values":{{Decimal}}}""", "02" + "026b" + "0264" + "00", """{"k":"ZA=="}""" },
    };

    public static TheoryData<string, string> UnfitBytes => [.. Unfit.Select(row => (row.Data.Item1, row.Data.Item2))];

    /// <summary>A type, and a default that does not fit its logical type, in the specification's JSON encoding of defaults.</summary>
    public static TheoryData<string, string> UnfitDefaults => new()
    {
        { Uuid, "\"\"" },
        { Decimal, "\"\"" },
        { Decimal, "\"\\u0003\\u00e8\"" },
        { $$"""{"type":"array","items":{{Uuid}}}""", "[\"\"]" },
        { $$"""{"type":"map","values":{{Uuid}}}""", """{"k":"x"}""" },
        { $$"""[{{Uuid}},"null"]""", "\"\"" },
        { $$"""{"type":"record","name":"In","fields":[{"name":"id","type":{{Uuid}}}]}""", """{"id":"x"}""" },
        { $$"""{"type":"record","name":"In","fields":[{"name":"id","type":{{Uuid}},"default":"x"}]}""", "{}" },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public void A_stored_value_is_read_as_the_type_beneath(string type, string hex, string json) => Assert.Equal(json, Coding.JsonInRecord(type, hex));

    [Theory]
    [MemberData(nameof(UnfitBytes))]
    public void A_value_of_a_container_file_is_refused(string type, string hex) =>
        Assert.Throws<AvroFormatException>(() =>
        {
            var reader = new AvroReader(Convert.FromHexString(hex));
            Coding.InRecord(type).CopyValue(ref reader, new ArrayBufferWriter<byte>());
        });

    [Theory]
    [MemberData(nameof(UnfitBytes))]
    public void A_value_of_a_posted_segment_is_refused(string type, string hex) =>
        Assert.Throws<AvroFormatException>(() =>
        {
            var reader = new AvroReader(Convert.FromHexString("02" + hex));
            Coding.InRecord(type).SkipInput(ref reader);
        });

    [Theory]
    [MemberData(nameof(UnfitDefaults))]
    public void A_new_schema_with_such_a_default_is_refused_by_its_pointer(string type, string value) =>
        Assert.Contains("/fields/0/", Assert.Throws<SchemaException>(() => ValueSchema.ParseNew(WithDefault(type, value))).Message, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(UnfitDefaults))]
    public void An_event_of_an_older_schema_with_such_a_default_is_readable(string type, string value)
    {
        var schema = ValueSchema.Parse(WithDefault(type, value));

        Assert.StartsWith("{\"v\":", Coding.Decode(schema, Coding.Encode(schema, "{}")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_default_takes_the_first_branch_whose_logical_type_it_fits()
    {
        string schema = WithDefault($$"""[{{Decimal}},"string"]""", "\"abc\"");

        Assert.Equal("""{"v":"abc"}""", Coding.Decode(ValueSchema.ParseNew(schema), Coding.Encode(ValueSchema.Parse(schema), "{}")));
    }

    private static string WithDefault(string type, string value) =>
        $$"""{"type":"record","name":"R","fields":[{"name":"v","type":{{type}},"default":{{value}}}]}""";
}
