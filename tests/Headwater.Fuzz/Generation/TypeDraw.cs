namespace Headwater.Fuzz.Generation;

/// <summary>A drawn Avro type: its schema, and how its values and defaults are drawn.</summary>
/// <param name="Schema">The schema as JSON.</param>
/// <param name="Value">A value as it is read, or null if it is not known how a drawn value is read.</param>
/// <param name="Default">A default, in the JSON of Avro's specification.</param>
internal sealed record DrawnType(string Schema, Func<(string Json, bool IsAsRead)> Value, Func<string> Default);

/// <summary>Draws Avro types: every primitive and logical type, nested in records, arrays, maps and unions, with defaults.</summary>
internal sealed class TypeDraw(Draw draw)
{
    private const int MaxDepth = 4;

    private int _names;

    public DrawnType Next(int depth = 0) => draw.Below(depth >= MaxDepth ? 2 : 7) switch
    {
        0 => Primitive(),
        1 => Logical(),
        2 => Array(depth),
        3 => Map(depth),
        4 => Nullable(depth),
        5 => Union(depth),
        _ => Record(depth),
    };

    private static string Quote(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private static DrawnType Of(string schema, Func<string> value, Func<string> fallback) => new(schema, () => (value(), true), fallback);

    private static DrawnType Odd(string schema, Func<string> value, Func<string> fallback) => new(schema, () => (value(), false), fallback);

    private string Name() => $"{draw.Pick("R", "E", "F", "Long", "Zz")}{_names++}";

    private DrawnType Primitive() => draw.Below(9) switch
    {
        0 => Of("\"null\"", () => "null", () => "null"),
        1 => Of("\"boolean\"", () => draw.Pick("true", "false"), () => "true"),
        2 => Of("\"int\"", () => $"{draw.Number(31)}", () => $"{draw.Number(31)}"),
        3 => Of("\"long\"", () => $"{draw.Number(63)}", () => $"{draw.Number(63)}"),
        4 => Odd(draw.Pick("\"float\"", "\"double\""), Float, () => draw.Pick("0", "1.5", "-1e10")),
        5 => Of("\"string\"", Text, Text),
        6 => Of("\"bytes\"", () => Base64(draw.Below(6)), () => "\"\\u0000\\u00ff\""),
        7 => Enum(),
        _ => Fixed(),
    };

    private DrawnType Logical() => draw.Below(12) switch
    {
        0 => Of(Type("int", "date"), () => draw.Pick("\"2024-02-29\"", "\"0001-01-01\"", "2147483647"), () => $"{draw.Number(31)}"),
        1 => Of(Type("int", "time-millis"), () => draw.Pick("\"23:59:59.999\"", "-1", "86400000"), () => $"{draw.Number(31)}"),
        2 => Of(Type("long", "time-micros"), () => draw.Pick("\"00:00:00.000001\"", "-1", "86400000000"), () => $"{draw.Number(63)}"),
        3 => Timestamp("millis", ".001", "-62135596800001"),
        4 => Timestamp("micros", ".000001", "9223372036854775807"),
        5 => Timestamp("nanos", ".000000001", null),
        6 => Of(Type("string", "uuid"), () => "\"123e4567-e89b-12d3-a456-426614174000\"", () => draw.Pick(Text(), "\"123e4567-e89b-12d3-a456-426614174000\"")),
        7 => Of(
            $$"""{"type":"fixed","name":"{{Name()}}","size":16,"logicalType":"uuid"}""",
            () => "\"00000000-0000-0000-0000-000000000001\"",
            () => Quote(new string('\u00fe', draw.Pick(16, 16, 15)))),
        8 => Of("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""", () => draw.Pick("\"-99.99\"", "\"0.00\"", "\"1.50\""), Latin),
        9 => Of(
            $$"""{"type":"fixed","name":"{{Name()}}","size":3,"logicalType":"decimal","precision":4,"scale":2}""",
            () => draw.Pick("\"99.99\"", "\"-0.01\""),
            () => Quote(new string((char)draw.Below(256), 3))),
        10 => Of(
            $$"""{"type":"fixed","name":"{{Name()}}","size":12,"logicalType":"duration"}""",
            () => draw.Pick("\"P1M2DT0.003S\"", "\"P0D\""),
            () => Quote(new string('\u0001', 12))) with
        { Value = () => ("\"P1M2DT0.003S\"", true) },
        _ => Odd(
            $$"""{"type":"{{draw.Pick("int", "string", "bytes", "long")}}","logicalType":"{{draw.Pick("unknown", "decimal", "uuid", "date", "duration")}}"}""",
            () => draw.Pick("1", "\"a\"", "\"\"", "\"2024-01-01\""),
            () => draw.Pick("1", "\"\"", "\"a\"")),
    };

    private DrawnType Timestamp(string unit, string fraction, string? beyond)
    {
        bool isLocal = draw.OneIn(2);
        string written = $"\"2023-11-14T22:13:20{fraction}{(isLocal ? "" : "Z")}\"";
        return Of(
            Type("long", $"{(isLocal ? "local-" : "")}timestamp-{unit}"), () => beyond is null || draw.OneIn(2) ? written : beyond, () => $"{draw.Number(63)}");
    }

    private DrawnType Enum()
    {
        string fallback = draw.Pick("", ",\"default\":\"A\"");
        return Of($$"""{"type":"enum","name":"{{Name()}}","symbols":["A","B","c"]{{fallback}}}""", () => draw.Pick("\"A\"", "\"c\""), () => "\"B\"");
    }

    private DrawnType Fixed()
    {
        int size = 1 + draw.Below(5);
        return Of($$"""{"type":"fixed","name":"{{Name()}}","size":{{size}}}""", () => Base64(size), () => Quote(new string('\u00ff', size)));
    }

    private DrawnType Array(int depth)
    {
        DrawnType item = Next(depth + 1);
        return new($$"""{"type":"array","items":{{item.Schema}}}""", () => Items(item, draw.Below(4)), () => draw.OneIn(2) ? "[]" : $"[{item.Default()}]");
    }

    private DrawnType Map(int depth)
    {
        DrawnType value = Next(depth + 1);
        return new(
            $$"""{"type":"map","values":{{value.Schema}}}""",
            () =>
            {
                (string json, bool isAsRead) = value.Value();
                return draw.OneIn(3) ? ("{}", true) : ($"{{{Quote(draw.Pick("", "k", "é", "a\"b"))}:{json}}}", isAsRead);
            },
            () => draw.OneIn(2) ? "{}" : $"{{\"k\":{value.Default()}}}");
    }

    private DrawnType Nullable(int depth)
    {
        DrawnType type = depth >= MaxDepth ? Primitive() : draw.OneIn(2) ? Logical() : Record(depth + 1);
        bool isFirst = draw.OneIn(2);
        return new(
            isFirst ? $"[\"null\",{type.Schema}]" : $"[{type.Schema},\"null\"]",
            () => draw.OneIn(3) ? ("null", true) : type.Value(),
            () => isFirst ? "null" : type.Default());
    }

    private DrawnType Union(int depth)
    {
        DrawnType[] branches = [.. Enumerable.Range(0, 1 + draw.Below(4)).Select(_ => Next(Math.Max(depth + 1, MaxDepth - 1)))];
        return new(
            $"[{string.Join(',', branches.Select(b => b.Schema))}]",
            () => (draw.Pick(branches).Value().Json, false),
            () => draw.OneIn(4) ? draw.Pick(branches).Default() : branches[0].Default());
    }

    private DrawnType Record(int depth)
    {
        string name = Name();
        string space = draw.Pick("", "", ",\"namespace\":\"n.s\"");
        (string Name, DrawnType Type, bool HasDefault)[] fields =
            [.. Enumerable.Range(0, draw.Below(5)).Select(i => ($"{draw.Pick("f", "value", "key", "a")}{i}", Next(depth + 1), draw.OneIn(3)))];
        IEnumerable<string> schemas = fields.Select(
            f => $$"""{"name":"{{f.Name}}","type":{{f.Type.Schema}}{{(f.HasDefault ? $",\"default\":{f.Type.Default()}" : "")}}}""");
        return new(
            $$"""{"type":"record","name":"{{name}}"{{space}},"fields":[{{string.Join(',', schemas)}}]}""",
            () => RecordValue(fields),
            () => $"{{{string.Join(',', fields.Where(f => !f.HasDefault || draw.OneIn(2)).Select(f => $"\"{f.Name}\":{f.Type.Default()}"))}}}");
    }

    private (string Json, bool IsAsRead) RecordValue((string Name, DrawnType Type, bool HasDefault)[] fields)
    {
        bool isAsRead = true;
        List<string> members = [];
        foreach ((string name, DrawnType type, bool hasDefault) in fields)
        {
            (string json, bool same) = type.Value();
            bool isOmitted = hasDefault && draw.OneIn(2);
            isAsRead &= same && !isOmitted;
            if (!isOmitted)
            {
                members.Add($"\"{name}\":{json}");
            }
        }

        return ($"{{{string.Join(',', members)}}}", isAsRead);
    }

    private (string Json, bool IsAsRead) Items(DrawnType item, int count)
    {
        var items = Enumerable.Range(0, count).Select(_ => item.Value()).ToArray();
        return ($"[{string.Join(',', items.Select(i => i.Json))}]", items.All(i => i.IsAsRead));
    }

    private static string Type(string type, string logical) => $$"""{"type":"{{type}}","logicalType":"{{logical}}"}""";

    private string Float() => draw.Pick("0", "1.5", "-1e10", "\"NaN\"", "\"Infinity\"", "1e38", "0.1", "-0.0", "5e-324");

    private string Text() => Quote(draw.Text());

    private string Latin() => draw.Pick("\"\\u0001\\u00f4\"", "\"\"", "\"\\u00ff\\u00ff\\u00ff\"", "\"d\"");

    private string Base64(int count) => Quote(Convert.ToBase64String(draw.Bytes(count)));
}
