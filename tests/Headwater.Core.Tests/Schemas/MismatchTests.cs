using System.Buffers;
using System.Text;
using System.Text.Json;
using Headwater.Core.Schemas;

namespace Headwater.Core.Tests.Schemas;

/// <summary>JSON that does not match the schema is rejected, with the place and the reason.</summary>
public sealed class MismatchTests
{
    [Theory]
    [InlineData("\"null\"", "1", "expected null, found number 1")]
    [InlineData("\"boolean\"", "1", "expected a boolean")]
    [InlineData("\"boolean\"", "\"true\"", "expected a boolean, found string \"true\"")]
    [InlineData("\"int\"", "2147483648", "expected an int")]
    [InlineData("\"int\"", "-2147483649", "expected an int")]
    [InlineData("\"int\"", "1.5", "found number 1.5")]
    [InlineData("\"int\"", "1e99999999999", "expected an int")]
    [InlineData("\"int\"", "1e-1", "expected an int")]
    [InlineData("\"int\"", "\"1\"", "found string \"1\"")]
    [InlineData("\"int\"", "null", "found null")]
    [InlineData("\"long\"", "9223372036854775808", "expected a long")]
    [InlineData("\"long\"", "9223372036854775808.0", "expected a long")]
    [InlineData("\"long\"", "\"9223372036854775808\"", "expected a long")]
    [InlineData("\"long\"", "\"01\"", "expected a long")]
    [InlineData("\"long\"", "\"+1\"", "expected a long")]
    [InlineData("\"long\"", "\" 1\"", "expected a long")]
    [InlineData("\"long\"", "\"1.0\"", "expected a long")]
    [InlineData("\"long\"", "\"\"", "expected a long")]
    [InlineData("\"long\"", "\"-\"", "expected a long")]
    [InlineData("\"float\"", "1e39", "expected a float")]
    [InlineData("\"float\"", "\"nan\"", "expected a float")]
    [InlineData("\"double\"", "1e309", "expected a double")]
    [InlineData("\"double\"", "\"1\"", "expected a double")]
    [InlineData("\"bytes\"", "\"A\"", "expected bytes")]
    [InlineData("\"bytes\"", "\"AAA\"", "expected bytes")]
    [InlineData("\"bytes\"", "\"AA A\"", "expected bytes")]
    [InlineData("\"bytes\"", "\"AAAA \"", "expected bytes")]
    [InlineData("\"bytes\"", "\"AA-_\"", "expected bytes")]
    [InlineData("\"bytes\"", "\"=AAA\"", "expected bytes")]
    [InlineData("\"bytes\"", "\"AAA=AAAA\"", "expected bytes")]
    [InlineData("\"bytes\"", "\"AB==\"", "expected bytes")]
    [InlineData("\"bytes\"", "[1]", "found an array")]
    [InlineData("\"string\"", "{}", "expected a string, found an object")]
    [InlineData("\"string\"", "\"\\ud83d\"", "surrogate")]
    [InlineData("\"string\"", "\"\\ude00\"", "surrogate")]
    [InlineData("\"string\"", "\"\\ud83d\\u0041\"", "surrogate")]
    [InlineData("\"string\"", "\"\\ud83dx\"", "surrogate")]
    [InlineData("""{"type":"enum","name":"n.E","symbols":["A","B"]}""", "\"C\"", "a symbol of enum n.E (A, B), found string \"C\"")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", "0", "found number 0")]
    [InlineData("""{"type":"fixed","name":"F","size":3}""", "\"AQI=\"", "fixed F (a string of padded base64, 3 bytes)")]
    [InlineData("""{"type":"array","items":"int"}""", "{}", "expected an array")]
    [InlineData("""{"type":"map","values":"int"}""", "[]", "expected a map")]
    [InlineData("""{"type":"record","name":"In","fields":[]}""", "[]", "record In (an object)")]
    [InlineData("""["null","int",{"type":"array","items":"int"}]""", "\"a\"", "expected one of null, int, array, found string \"a\"")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""", "\"100.00\"", "at most 4 digits, 2 of them after the point")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""", "\"0.001\"", "expected a decimal")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""", "1e999999999999", "expected a decimal")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""", "\"1,0\"", "expected a decimal")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""", "\"1.\"", "expected a decimal")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""", "\".1\"", "expected a decimal")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""", "\"\"", "expected a decimal")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""", "\"1e\"", "expected a decimal")]
    [InlineData("""{"type":"string","logicalType":"uuid"}""", "\"123e4567e89b12d3a456426614174000\"", "expected a uuid")]
    [InlineData("""{"type":"string","logicalType":"uuid"}""", "\"123e4567-e89b-12d3-a456-42661417400g\"", "expected a uuid")]
    [InlineData("""{"type":"int","logicalType":"date"}""", "\"2023-02-29\"", "expected a date")]
    [InlineData("""{"type":"int","logicalType":"date"}""", "\"2023-2-3\"", "expected a date")]
    [InlineData("""{"type":"int","logicalType":"date"}""", "\"0000-01-01\"", "expected a date")]
    [InlineData("""{"type":"int","logicalType":"date"}""", "\"2023-02-03T00:00\"", "expected a date")]
    [InlineData("""{"type":"int","logicalType":"date"}""", "2147483648", "expected a date")]
    [InlineData("""{"type":"int","logicalType":"time-millis"}""", "\"24:00:00\"", "a time of day in milliseconds")]
    [InlineData("""{"type":"int","logicalType":"time-millis"}""", "\"23:59:60\"", "a time of day")]
    [InlineData("""{"type":"int","logicalType":"time-millis"}""", "\"00:00:00.0001\"", "a time of day")]
    [InlineData("""{"type":"int","logicalType":"time-millis"}""", "\"00:00:00.\"", "a time of day")]
    [InlineData("""{"type":"int","logicalType":"time-millis"}""", "\"00:00:00Z\"", "a time of day")]
    [InlineData("""{"type":"int","logicalType":"time-millis"}""", "2147483648", "a time of day")]
    [InlineData("""{"type":"long","logicalType":"timestamp-millis"}""", "\"2020-01-01T00:00:00\"", "with Z or an offset")]
    [InlineData("""{"type":"long","logicalType":"timestamp-millis"}""", "\"2020-01-01\"", "a timestamp in milliseconds")]
    [InlineData("""{"type":"long","logicalType":"timestamp-millis"}""", "\"2020-01-01T00:00:00.0001Z\"", "a timestamp")]
    [InlineData("""{"type":"long","logicalType":"timestamp-millis"}""", "\"2020-01-01T00:00:00+24:00\"", "a timestamp")]
    [InlineData("""{"type":"long","logicalType":"timestamp-millis"}""", "\"2020-01-01T00:00:00+1:00\"", "a timestamp")]
    [InlineData("""{"type":"long","logicalType":"timestamp-millis"}""", "1.5", "a timestamp")]
    [InlineData("""{"type":"long","logicalType":"timestamp-nanos"}""", "\"2262-04-11T23:47:16.854775808Z\"", "a timestamp in nanoseconds")]
    [InlineData("""{"type":"long","logicalType":"timestamp-nanos"}""", "\"2020-01-01T00:00:00.0000000001Z\"", "a timestamp")]
    [InlineData("""{"type":"long","logicalType":"local-timestamp-millis"}""", "\"2020-01-01T00:00:00Z\"", "without a zone")]
    [InlineData("""{"type":"fixed","name":"D","size":12,"logicalType":"duration"}""", "\"P4294967296D\"", "a duration")]
    [InlineData("""{"type":"fixed","name":"D","size":12,"logicalType":"duration"}""", "\"P1.5D\"", "a duration")]
    [InlineData("""{"type":"fixed","name":"D","size":12,"logicalType":"duration"}""", "\"PT0.0001S\"", "a duration")]
    [InlineData("""{"type":"fixed","name":"D","size":12,"logicalType":"duration"}""", "\"P1D1M\"", "a duration")]
    [InlineData("""{"type":"fixed","name":"D","size":12,"logicalType":"duration"}""", "\"P1DT\"", "a duration")]
    [InlineData("""{"type":"fixed","name":"D","size":12,"logicalType":"duration"}""", "\"-P1D\"", "a duration")]
    [InlineData("""{"type":"fixed","name":"D","size":12,"logicalType":"duration"}""", "\"P1H\"", "a duration")]
    [InlineData("""{"type":"fixed","name":"D","size":12,"logicalType":"duration"}""", "\"P99999999999D\"", "a duration")]
    [InlineData("""{"type":"fixed","name":"D","size":12,"logicalType":"duration"}""", "\"P\"", "a duration")]
    [InlineData("""{"type":"fixed","name":"D","size":12,"logicalType":"duration"}""", "\"P1\"", "a duration")]
    public void A_value_of_the_wrong_type_is_refused_with_what_was_expected_and_what_came(string type, string json, string message)
    {
        ValueMismatch mismatch = Coding.Refused(Coding.InRecord(type), "{\"v\":" + json + "}");
        Assert.Equal("/v", mismatch.Pointer);
        Assert.Contains(message, mismatch.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"int\"", "\"a\"", "")]
    [InlineData("""{"type":"array","items":"int"}""", "[1,\"a\"]", "/1")]
    [InlineData("""{"type":"map","values":"int"}""", "{\"a/b~c\":1.5}", "/a~1b~0c")]
    [InlineData("""{"type":"map","values":"int"}""", "{\"\\u0061\":1.5}", "/a")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""", "{}", "/a")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""", "{\"a\":1,\"b\":2}", "/b")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""", "{\"a\":1,\"\\u0061\":2}", "/a")]
    [InlineData("""{"type":"map","values":"int"}""", "{\"a\":1,\"b\":1,\"\\u0061\":2}", "/a")]
    [InlineData(
        """["null",{"type":"array","items":{"type":"map","values":{"type":"record","name":"R","fields":[{"name":"x","type":["null","int"]}]}}}]""",
        """[{},{"k":{"x":true}}]""",
        "/1/k/x")]
    [InlineData("""["int","long"]""", """{"long":"x"}""", "/long")]
    [InlineData("""["null",{"type":"record","name":"n.R","fields":[{"name":"x","type":"int"}]},"string"]""", """{"n.R":{"x":"y"}}""", "/n.R/x")]
    public void The_pointer_leads_to_the_place(string schema, string json, string pointer) =>
        Assert.Equal(pointer, Coding.Refused(schema, json).Pointer);

    [Fact]
    public void An_unknown_member_is_named_as_unknown() =>
        Assert.Contains("unknown member", Coding.Refused("""{"type":"record","name":"R","fields":[]}""", "{\"b\":2}").Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_member_without_a_default_is_named_as_missing() =>
        Assert.Contains(
            "missing", Coding.Refused("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""", "{}").Message, StringComparison.Ordinal);

    [Fact]
    public void A_member_given_twice_is_named_as_such() =>
        Assert.Contains("twice", Coding.Refused("""{"type":"map","values":"int"}""", "{\"b\":2,\"b\":2}").Message, StringComparison.Ordinal);

    [Fact]
    public void A_long_value_is_cut_short_in_the_message() =>
        Assert.True(Coding.Refused("\"int\"", "\"" + new string('x', 100_000) + "\"").Message.Length < 300);

    [Fact]
    public void A_thousand_keys_are_told_apart()
    {
        var schema = ValueSchema.Parse("""{"type":"map","values":"int"}""");
        string json = "{" + string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"{i}\":{i}")) + "}";
        Assert.Equal(json, Coding.Decode(schema, Coding.Encode(schema, json)));
        Assert.Equal("/999", Coding.Refused(schema, json[..^1] + ",\"999\":0}").Pointer);
    }

    [Fact]
    public void Values_may_nest_64_deep_and_no_deeper()
    {
        var schema = ValueSchema.Parse("""{"type":"record","name":"R","fields":[{"name":"r","type":["null","R"],"default":null}]}""");
        string json = string.Concat(Enumerable.Repeat("{\"r\":", 63)) + "{}" + new string('}', 63);
        Assert.Equal(64, Coding.Decode(schema, Coding.Encode(schema, json.Replace("{}", "{\"r\":null}", StringComparison.Ordinal))).Count(c => c == '{'));
        Assert.Contains("nested more than 64 deep", Coding.Refused(schema, "{\"r\":" + json + "}").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Items_without_bytes_are_limited_alike_when_written_and_when_read()
    {
        var schema = ValueSchema.Parse("""{"type":"array","items":"null"}""");
        string most = "[" + string.Join(',', Enumerable.Repeat("null", 65_536)) + "]";
        Assert.Equal(most, Coding.Decode(schema, Coding.Encode(schema, most)));
        Assert.Contains("items without bytes", Coding.Refused(schema, most[..^1] + ",null]").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"string\"")]
    [InlineData("\"bytes\"")]
    [InlineData("""{"type":"map","values":"string"}""")]
    [InlineData("""{"type":"record","name":"R","fields":[]}""")]
    [InlineData("""["null","string",{"type":"map","values":"string"}]""")]
    public void Text_that_is_not_UTF_8_is_refused_wherever_it_stands(string type)
    {
        var schema = ValueSchema.Parse(type);
        byte[] text = [.. "\"a"u8, 0xc3, .. "\""u8];
        byte[] json = type.Contains('{', StringComparison.Ordinal) ? [.. "{"u8, .. text, .. ":"u8, .. text, .. "}"u8] : text;
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.NotNull(schema.TryWriteJson(document.RootElement, new ArrayBufferWriter<byte>()));
        Assert.NotNull(ValueSchema.Bytes.TryWriteJson(document.RootElement, new ArrayBufferWriter<byte>()));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused_in_a_name_too()
    {
        Assert.NotNull(Coding.Refused("""{"type":"map","values":"int"}""", "{\"\\ud800\":1}"));
        Assert.NotNull(Coding.Refused("""{"type":"record","name":"R","fields":[]}""", "{\"\\ud800\":1}"));
        Assert.NotNull(Coding.Refused(ValueSchema.Bytes, "{\"\\ud800\":1}"));
    }

    [Fact]
    public void Bytes_of_a_stream_without_schema_are_the_text_that_was_posted()
    {
        byte[] encoded = Coding.Encode(ValueSchema.Bytes, "{ \"a\" : \"\\u00e9\" }");
        Assert.Equal("{ \"a\" : \"\\u00e9\" }", Encoding.UTF8.GetString(encoded.AsSpan(2)));
        Assert.Equal("\"" + Convert.ToBase64String(encoded.AsSpan(2)) + "\"", Coding.Decode(ValueSchema.Bytes, encoded));
    }
}
