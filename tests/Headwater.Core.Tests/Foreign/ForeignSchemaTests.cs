using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Headwater.Core.Schemas;
using Headwater.Core.Tests.Schemas;

namespace Headwater.Core.Tests.Foreign;

/// <summary>
/// Foreign readers open a segment of every schema that a new stream may have: every logical type in every position, random schemas, and every schema in the
/// sources of the tests. The differences that docs/json-values.md lists under "Readers" are left out.
/// </summary>
public sealed class ForeignSchemaTests
{
    private const int RandomSchemas = 300;

    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Listed under "Readers": avsc does not open it.</summary>
    private const string DefaultOfTheSecondBranch = """{"type":"record","name":"R","fields":[{"name":"a","type":["null","int"],"default":1}]}""";

    /// <summary>A type, a value as JSON, and the value of the type beneath as avsc prints it: numbers beyond 32 bits as digits, bytes in hexadecimal.</summary>
    private static readonly (string Type, string Value, string Beneath)[] Types =
    [
        ("""{"type":"long","logicalType":"timestamp-millis"}""", "\"2023-11-14T22:13:20.001Z\"", "1700000000001"),
        ("""{"type":"long","logicalType":"timestamp-micros"}""", "\"2023-11-14T22:13:20.000001Z\"", "1700000000000001"),
        ("""{"type":"long","logicalType":"timestamp-nanos"}""", "\"2023-11-14T22:13:20.000000001Z\"", "1700000000000000001"),
        ("""{"type":"long","logicalType":"local-timestamp-millis"}""", "\"2023-11-14T22:13:20.001\"", "1700000000001"),
        ("""{"type":"long","logicalType":"local-timestamp-micros"}""", "\"2023-11-14T22:13:20.000001\"", "1700000000000001"),
        ("""{"type":"long","logicalType":"local-timestamp-nanos"}""", "\"2023-11-14T22:13:20.000000001\"", "1700000000000000001"),
        ("""{"type":"long","logicalType":"time-micros"}""", "\"23:59:59.999999\"", "86399999999"),
        ("""{"type":"int","logicalType":"time-millis"}""", "\"23:59:59.999\"", "86399999"),
        ("""{"type":"int","logicalType":"date"}""", "\"2023-11-14\"", "19675"),
        ("""{"type":"string","logicalType":"uuid"}""", "\"123e4567-e89b-12d3-a456-426614174000\"", "\"123e4567-e89b-12d3-a456-426614174000\""),
        ("""{"type":"fixed","name":"U","size":16,"logicalType":"uuid"}""", "\"00000000-0000-0000-0000-000000000001\"", "\"00000000000000000000000000000001\""),
        ("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""", "\"-99.99\"", "\"d8f1\""),
        ("""{"type":"fixed","name":"D","size":3,"logicalType":"decimal","precision":4,"scale":2}""", "\"99.99\"", "\"00270f\""),
        ("""{"type":"fixed","name":"P","size":12,"logicalType":"duration"}""", "\"P1M2DT0.003S\"", "\"010000000200000003000000\""),
    ];

    /// <summary>Schemas that contain a type, each with a value that contains a value of the type, and that value as avsc prints it.</summary>
    private static readonly (string Schema, string Value, string Printed)[] Places =
    [
        ("TYPE", "VALUE", "VALUE"),
        ("""{"type":"record","name":"R","fields":[{"name":"a","type":TYPE}]}""", """{"a":VALUE}""", """{"a":VALUE}"""),
        ("""{"type":"array","items":TYPE}""", "[VALUE,VALUE]", "[VALUE,VALUE]"),
        ("""{"type":"map","values":TYPE}""", """{"k":VALUE}""", """{"k":VALUE}"""),
        ("""{"type":"record","name":"R","fields":[{"name":"a","type":["null",TYPE],"default":null}]}""", """{"a":VALUE}""", """{"a":VALUE}"""),
        (
            """{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"record","name":"In","fields":[{"name":"b","type":["null","""
                + """{"type":"array","items":TYPE}]}]}}]}""",
            """{"a":{"b":[VALUE]}}""",
            """{"a":{"b":[VALUE]}}"""),
    ];

    [Fact]
    public async Task Avsc_reads_every_logical_type_in_every_position_as_the_type_beneath()
    {
        using ForeignFolder folder = LogicalTypes(out List<string> printed);

        JsonNode[] answers = await folder.OpenWithAvscAsync();

        Assert.Equal(printed, answers.Select((answer, i) => Printed(answer, folder.Schemas[i])));
    }

    [Fact]
    public async Task Debians_python3_avro_reads_every_logical_type_in_every_position()
    {
        using ForeignFolder folder = LogicalTypes(out _);

        AssertOpened(folder, await folder.OpenWithPythonAsync(), events: 2);
    }

    /// <summary>docs/json-values.md, "Readers": if a new version reads them, the page has to change.</summary>
    [Theory]
    [InlineData("int", "date", "2147483647")]
    [InlineData("int", "time-millis", "-1")]
    [InlineData("long", "time-micros", "86400000000")]
    [InlineData("long", "timestamp-millis", "9223372036854775807")]
    [InlineData("long", "timestamp-micros", "-9223372036854775808")]
    public async Task Debians_python3_avro_does_not_read_a_value_without_an_ISO_form(string type, string logical, string value)
    {
        using var folder = new ForeignFolder();
        string schema = $$"""{"type":"{{type}}","logicalType":"{{logical}}"}""";
        folder.Add(schema, Coding.Encode(ValueSchema.ParseNew(schema), value));

        Assert.NotNull((string?)Assert.Single(await folder.OpenWithPythonAsync())["error"]);
    }

    [Fact]
    public async Task Avsc_opens_every_schema()
    {
        using ForeignFolder folder = Accepted(except: DefaultOfTheSecondBranch);

        AssertOpened(folder, await folder.OpenWithAvscAsync(), events: 1);
    }

    [Fact]
    public async Task Debians_python3_avro_opens_every_schema()
    {
        using ForeignFolder folder = Accepted();

        AssertOpened(folder, await folder.OpenWithPythonAsync(), events: 1);
    }

    private static ForeignFolder LogicalTypes(out List<string> printed)
    {
        var folder = new ForeignFolder();
        printed = [];
        foreach ((string type, string value, string beneath) in Types)
        {
            foreach ((string schema, string around, string read) in Places)
            {
                string text = schema.Replace("TYPE", type, StringComparison.Ordinal);
                folder.Add(text, Coding.Encode(ValueSchema.ParseNew(text), around.Replace("VALUE", value, StringComparison.Ordinal)));
                printed.Add(read.Replace("VALUE", beneath, StringComparison.Ordinal));
            }
        }

        return folder;
    }

    private static ForeignFolder Accepted(string? except = null)
    {
        var folder = new ForeignFolder();
        IEnumerable<string> random = Enumerable.Range(0, RandomSchemas).Select(seed => RandomSchema.From(seed).Text);
        foreach (string schema in random.Concat(SchemasOfTheTests()).Distinct().Where(s => s != except))
        {
            folder.Add(schema);
        }

        return folder;
    }

    /// <summary>Every literal in the sources of the tests that a new stream may have as its schema.</summary>
    private static string[] SchemasOfTheTests()
    {
        var literal = new Regex("\"\"\"(?<text>[^\"\\r\\n][^\\r\\n]*?[^\"\\r\\n])\"\"\"(?!\")");
        string[] found =
        [
            .. Directory.EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
                .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
                .SelectMany(file => literal.Matches(File.ReadAllText(file)))
                .Select(match => match.Groups["text"].Value)
                .Where(IsAccepted)
                .Order(StringComparer.Ordinal),
        ];
        Assert.True(found.Length > 100, $"only {found.Length} schemas were found in the tests");
        return found;
    }

    private static bool IsAccepted(string text)
    {
        try
        {
            ValueSchema.ParseNew(text);
            return true;
        }
        catch (SchemaException)
        {
            return false;
        }
    }

    private static void AssertOpened(ForeignFolder folder, JsonNode[] answers, int events)
    {
        IEnumerable<string> failed =
            answers.Select((answer, i) => (int?)answer["events"] == events ? "" : $"{folder.Schemas[i]}: {answer.ToJsonString()}").Where(f => f.Length > 0);
        Assert.True(!failed.Any(), string.Join('\n', failed));
    }

    /// <summary>The first value, or the error.</summary>
    private static string Printed(JsonNode answer, string schema) =>
        answer["values"]?[0] is { } value ? value.ToJsonString(Unescaped) : $"{schema}: {answer.ToJsonString()}";
}
