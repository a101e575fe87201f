namespace Headwater.Core.Tests.Schemas;

/// <summary>
/// For every type: JSON input, its bytes, and the JSON output. The bytes are from the Avro specification 1.12, "Binary encoding"; numbers, dates and
/// decimals were computed with Python's int, struct and datetime.
/// </summary>
public sealed class ValueTableTests
{
    private const string Enum = """{"type":"enum","name":"E","symbols":["A","B","C"]}""";
    private const string Fixed = """{"type":"fixed","name":"F","size":3}""";
    private const string Decimal = """{"type":"bytes","logicalType":"decimal","precision":6,"scale":2}""";
    private const string FixedDecimal = """{"type":"fixed","name":"D","size":4,"logicalType":"decimal","precision":9,"scale":0}""";
    private const string WideDecimal = """{"type":"bytes","logicalType":"decimal","precision":50,"scale":50}""";
    private const string Uuid = """{"type":"string","logicalType":"uuid"}""";
    private const string FixedUuid = """{"type":"fixed","name":"U","size":16,"logicalType":"uuid"}""";
    private const string Date = """{"type":"int","logicalType":"date"}""";
    private const string TimeMillis = """{"type":"int","logicalType":"time-millis"}""";
    private const string TimeMicros = """{"type":"long","logicalType":"time-micros"}""";
    private const string Millis = """{"type":"long","logicalType":"timestamp-millis"}""";
    private const string Micros = """{"type":"long","logicalType":"timestamp-micros"}""";
    private const string Nanos = """{"type":"long","logicalType":"timestamp-nanos"}""";
    private const string LocalMillis = """{"type":"long","logicalType":"local-timestamp-millis"}""";
    private const string LocalMicros = """{"type":"long","logicalType":"local-timestamp-micros"}""";
    private const string LocalNanos = """{"type":"long","logicalType":"local-timestamp-nanos"}""";
    private const string Duration = """{"type":"fixed","name":"P","size":12,"logicalType":"duration"}""";

    public static TheoryData<string, string, string, string> Rows => new()
    {
        // type, JSON in, bytes, JSON out
        { "\"null\"", "null", "", "null" },
        { "\"boolean\"", "true", "01", "true" },
        { "\"boolean\"", "false", "00", "false" },
        { "\"int\"", "0", "00", "0" },
        { "\"int\"", "-1", "01", "-1" },
        { "\"int\"", "-64", "7f", "-64" },
        { "\"int\"", "64", "8001", "64" },
        { "\"int\"", "2147483647", "feffffff0f", "2147483647" },
        { "\"int\"", "-2147483648", "ffffffff0f", "-2147483648" },
        { "\"int\"", "1.0", "02", "1" },
        { "\"int\"", "1e3", "d00f", "1000" },
        { "\"int\"", "1200E-2", "18", "12" },
        { "\"int\"", "-0", "00", "0" },
        { "\"long\"", "9223372036854775807", "feffffffffffffffff01", "9223372036854775807" },
        { "\"long\"", "-9223372036854775808", "ffffffffffffffffff01", "-9223372036854775808" },
        { "\"long\"", "\"9223372036854775807\"", "feffffffffffffffff01", "9223372036854775807" },
        { "\"long\"", "\"-5\"", "09", "-5" },
        { "\"long\"", "9007199254740993.0", "8280808080808020", "9007199254740993" },
        { "\"float\"", "1", "0000803f", "1.0" },
        { "\"float\"", "0.1", "cdcccc3d", "0.1" },
        { "\"float\"", "-0.0", "00000080", "-0.0" },
        { "\"float\"", "1e20", "ec78ad60", "1E+20" },
        { "\"float\"", "\"NaN\"", "0000c0ff", "\"NaN\"" },
        { "\"float\"", "\"Infinity\"", "0000807f", "\"Infinity\"" },
        { "\"float\"", "\"-Infinity\"", "000080ff", "\"-Infinity\"" },
        { "\"double\"", "1", "000000000000f03f", "1.0" },
        { "\"double\"", "0.1", "9a9999999999b93f", "0.1" },
        { "\"double\"", "-0", "0000000000000080", "-0.0" },
        { "\"double\"", "1.7976931348623157e308", "ffffffffffffef7f", "1.7976931348623157E+308" },
        { "\"double\"", "5e-324", "0100000000000000", "5E-324" },
        { "\"double\"", "\"NaN\"", "000000000000f8ff", "\"NaN\"" },
        { "\"double\"", "\"Infinity\"", "000000000000f07f", "\"Infinity\"" },
        { "\"double\"", "\"-Infinity\"", "000000000000f0ff", "\"-Infinity\"" },
        { "\"bytes\"", "\"\"", "00", "\"\"" },
        { "\"bytes\"", "\"AP8=\"", "0400ff", "\"AP8=\"" },
        { "\"bytes\"", "\"\\/\\/8=\"", "04ffff", "\"//8=\"" },
        { "\"string\"", "\"\"", "00", "\"\"" },
        { "\"string\"", "\"foo\"", "06666f6f", "\"foo\"" },
        { "\"string\"", "\"\\u0066\\n\\/\"", "06660a2f", "\"f\\n/\"" },
        { "\"string\"", "\"\\ud83d\\ude00\"", "08f09f9880", "\"\\uD83D\\uDE00\"" },
        { "\"string\"", "\"é\"", "04c3a9", "\"\\u00E9\"" },
        { Enum, "\"A\"", "00", "\"A\"" },
        { Enum, "\"\\u0043\"", "04", "\"C\"" },
        { Fixed, "\"AQID\"", "010203", "\"AQID\"" },
        { """{"type":"array","items":"long"}""", "[]", "00", "[]" },
        { """{"type":"array","items":"long"}""", "[3,27]", "04063600", "[3,27]" },
        { """{"type":"array","items":"null"}""", "[null,null]", "0400", "[null,null]" },
        { """{"type":"map","values":"long"}""", "{}", "00", "{}" },
        { """{"type":"map","values":"long"}""", "{\"a\":1,\"b\":2}", "0402610202620400", "{\"a\":1,\"b\":2}" },
        {
            """{"type":"record","name":"In","fields":[{"name":"a","type":"long"},{"name":"b","type":"string"}]}""",
            "{\"b\":\"foo\",\"a\":27}",
            "3606666f6f",
            "{\"a\":27,\"b\":\"foo\"}"
        },
        { """{"type":"record","name":"Empty","fields":[]}""", "{}", "", "{}" },
        { """["null","string"]""", "null", "00", "null" },
        { """["null","string"]""", "\"a\"", "020261", "\"a\"" },
        { Decimal, "\"12.34\"", "0404d2", "\"12.34\"" },
        { Decimal, "\"-0.01\"", "02ff", "\"-0.01\"" },
        { Decimal, "\"0\"", "0200", "\"0.00\"" },
        { Decimal, "\"-0.0\"", "0200", "\"0.00\"" },
        { Decimal, "1.5", "040096", "\"1.50\"" },
        { Decimal, "120e-1", "0404b0", "\"12.00\"" },
        { Decimal, "\"9999.99\"", "060f423f", "\"9999.99\"" },
        { Decimal, "\"-1.28\"", "0280", "\"-1.28\"" },
        { FixedDecimal, "\"-1\"", "ffffffff", "\"-1\"" },
        { FixedDecimal, "\"999999999\"", "3b9ac9ff", "\"999999999\"" },
        { FixedDecimal, "1000", "000003e8", "\"1000\"" },
        { WideDecimal, "\"0.00000000000000000000000000000000000000000000000001\"", "0201", "\"0.00000000000000000000000000000000000000000000000001\"" },
        { WideDecimal, "\"-0.1\"", "2af928607dcd715c259e1f99144d0776000000000000", "\"-0.10000000000000000000000000000000000000000000000000\"" },
        {
            Uuid,
            "\"123E4567-e89b-12d3-a456-426614174000\"",
            "4831323345343536372d653839622d313264332d613435362d343236363134313734303030",
            "\"123E4567-e89b-12d3-a456-426614174000\""
        },
        { FixedUuid, "\"123E4567-e89b-12d3-a456-426614174000\"", "123e4567e89b12d3a456426614174000", "\"123e4567-e89b-12d3-a456-426614174000\"" },
        { Date, "\"1970-01-01\"", "00", "\"1970-01-01\"" },
        { Date, "\"1969-12-31\"", "01", "\"1969-12-31\"" },
        { Date, "\"2024-02-29\"", "8cb502", "\"2024-02-29\"" },
        { Date, "\"0001-01-01\"", "f3e457", "\"0001-01-01\"" },
        { Date, "\"9999-12-31\"", "c082e602", "\"9999-12-31\"" },
        { Date, "19782", "8cb502", "\"2024-02-29\"" },
        { Date, "2147483647", "feffffff0f", "2147483647" },
        { TimeMillis, "\"00:00:00.000\"", "00", "\"00:00:00.000\"" },
        { TimeMillis, "\"23:59:59.999\"", "feefb252", "\"23:59:59.999\"" },
        { TimeMillis, "\"12:30\"", "8095f52a", "\"12:30:00.000\"" },
        { TimeMillis, "1", "02", "\"00:00:00.001\"" },
        { TimeMillis, "-1", "01", "-1" },
        { TimeMicros, "\"00:00:01.000001\"", "82897a", "\"00:00:01.000001\"" },
        { TimeMicros, "86400000000", "8080bbdd8305", "86400000000" },
        { Millis, "\"1970-01-01T00:00:00Z\"", "00", "\"1970-01-01T00:00:00.000Z\"" },
        { Millis, "\"1970-01-01T01:00:00.001+01:00\"", "02", "\"1970-01-01T00:00:00.001Z\"" },
        { Millis, "\"1969-12-31t23:59:59.999z\"", "01", "\"1969-12-31T23:59:59.999Z\"" },
        { Millis, "\"1970-01-01T00:00-0130\"", "80979305", "\"1970-01-01T01:30:00.000Z\"" },
        { Millis, "1", "02", "\"1970-01-01T00:00:00.001Z\"" },
        { Millis, "253402300799999", "feeffea1fa9d73", "\"9999-12-31T23:59:59.999Z\"" },
        { Millis, "253402300800000", "80f0fea1fa9d73", "253402300800000" },
        { Millis, "-9223372036854775808", "ffffffffffffffffff01", "-9223372036854775808" },
        { Micros, "\"1970-01-01T00:00:00.000001Z\"", "02", "\"1970-01-01T00:00:00.000001Z\"" },
        { Micros, "\"1970-01-01T00:00:00.0000010000Z\"", "02", "\"1970-01-01T00:00:00.000001Z\"" },
        { Nanos, "\"1970-01-01T00:00:00.000000001Z\"", "02", "\"1970-01-01T00:00:00.000000001Z\"" },
        { Nanos, "9223372036854775807", "feffffffffffffffff01", "\"2262-04-11T23:47:16.854775807Z\"" },
        { Nanos, "\"1677-09-21T00:12:43.145224192Z\"", "ffffffffffffffffff01", "\"1677-09-21T00:12:43.145224192Z\"" },
        { LocalMillis, "\"1970-01-01T00:00:00.5\"", "e807", "\"1970-01-01T00:00:00.500\"" },
        { LocalMicros, "\"1970-01-01T00:00:00.5\"", "c0843d", "\"1970-01-01T00:00:00.500000\"" },
        { LocalNanos, "\"1970-01-01T00:00:00.5\"", "8094ebdc03", "\"1970-01-01T00:00:00.500000000\"" },
        { Duration, "\"P14M3DT1.5S\"", "0e00000003000000dc050000", "\"P14M3DT1.500S\"" },
        { Duration, "\"PT0S\"", "000000000000000000000000", "\"PT0S\"" },
        { Duration, "\"P1Y2M1W1DT1H1M1S\"", "0e00000008000000c8dc3700", "\"P14M8DT3661S\"" },
        { Duration, "\"P4294967295M4294967295DT4294967.295S\"", "ffffffffffffffffffffffff", "\"P4294967295M4294967295DT4294967.295S\"" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_value_has_the_bytes_the_specification_gives_it(string type, string json, string hex, string written)
    {
        _ = written;
        Assert.Equal(hex, Coding.HexInRecord(type, json));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Bytes_become_the_JSON_of_their_type(string type, string json, string hex, string written)
    {
        _ = json;
        Assert.Equal(written, Coding.JsonInRecord(type, hex));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void What_was_written_out_reads_back_as_the_same_bytes(string type, string json, string hex, string written)
    {
        _ = json;
        Assert.Equal(hex, Coding.HexInRecord(type, written));
    }
}
