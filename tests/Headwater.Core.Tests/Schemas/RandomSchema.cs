using System.Globalization;
using System.Text;
using Avro;
using Avro.Generic;

namespace Headwater.Core.Tests.Schemas;

/// <summary>
/// Random schemas and random values of them, as Apache.Avro's generic objects. The few names are chosen to collide: fields and keys have the names of
/// union branches, and the records of a union differ by one field or not at all.
/// </summary>
internal sealed class RandomSchema
{
    private static readonly string[] Names = ["a", "b", "int", "string", "map", "array", "bytes", "R1", "R2"];
    private static readonly string[] Texts = ["", "a", "AAAA", "12.50", "NaN", "2020-01-01", "R1", "int", "é\ud83d\ude00\"\\/\n", "true", "-Infinity", "7"];

    private readonly Random _random;
    private readonly List<string> _open = [];
    private int _named;

    private RandomSchema(int seed) => _random = new Random(seed);

    /// <summary>A schema's text. Without logical types, because Apache.Avro would convert their values to other types.</summary>
    public static (string Text, string Plain, Func<Schema, object?> Value) From(int seed)
    {
        var random = new RandomSchema(seed);
        string text = random.Type(depth: 0, inUnion: false);
        return (text, text.Replace("logicalType", "plain", StringComparison.Ordinal), schema => random.Value(schema, 0));
    }

    /// <summary>A random value of a schema without logical types.</summary>
    public static object? ValueOf(Schema plain, int seed) => new RandomSchema(seed).Value(plain, 0);

    private string Type(int depth, bool inUnion)
    {
        int kind = _random.Next(depth >= 4 ? 21 : 32);
        return kind switch
        {
            0 => "\"boolean\"",
            1 or 2 => "\"int\"",
            3 or 4 => "\"long\"",
            5 => "\"float\"",
            6 => "\"double\"",
            7 => "\"bytes\"",
            8 or 9 => "\"string\"",
            10 => inUnion ? "\"int\"" : "\"null\"",
            11 => Enum(),
            12 => Fixed(3, ""),
            < 21 => Logical(kind - 13),
            < 23 => "{\"type\":\"array\",\"items\":" + Type(depth + 1, inUnion: false) + "}",
            < 25 => "{\"type\":\"map\",\"values\":" + Type(depth + 1, inUnion: false) + "}",
            < 28 => Record(depth),
            _ when inUnion => Record(depth),
            _ => Union(depth),
        };
    }

    private string Logical(int kind) => kind switch
    {
        0 => """{"type":"bytes","logicalType":"decimal","precision":12,"scale":3}""",
        1 => Fixed(12, ""","logicalType":"duration" """),
        2 => Fixed(16, ""","logicalType":"uuid" """),
        3 => """{"type":"int","logicalType":"date"}""",
        4 => """{"type":"int","logicalType":"time-millis"}""",
        5 => """{"type":"long","logicalType":"time-micros"}""",
        6 => """{"type":"long","logicalType":"timestamp-""" + Unit() + "\"}",
        _ => """{"type":"long","logicalType":"local-timestamp-""" + Unit() + "\"}",
    };

    private string Unit() => new[] { "millis", "micros", "nanos" }[_random.Next(3)];

    private string Fixed(int size, string more) => $$"""{"type":"fixed","name":"F{{++_named}}","size":{{size}}{{more}}}""";

    private string Enum() => $$"""{"type":"enum","name":"{{(_random.Next(2) == 0 ? "n.s." : "")}}E{{++_named}}","symbols":["a","AAAA","NaN"]}""";

    private string Record(int depth)
    {
        string name = $"R{++_named}";
        _open.Add(name);
        var fields = new StringBuilder();
        string[] fieldNames = [.. Names.OrderBy(_ => _random.Next()).Take(_random.Next(depth == 0 ? 1 : 0, 4))];
        foreach (string field in fieldNames)
        {
            if (fields.Length > 0)
            {
                fields.Append(',');
            }

            fields.Append(CultureInfo.InvariantCulture, $$"""{"name":"{{field}}","type":{{FieldType(depth)}}}""");
        }

        _open.Remove(name);
        return $$"""{"type":"record","name":"{{name}}","fields":[{{fields}}]}""";
    }

    private string FieldType(int depth) => _random.Next(8) switch
    {
        0 => "\"int\",\"default\":7",
        1 => "[\"null\",\"string\"],\"default\":null",
        2 => $"[\"null\",\"{_open[_random.Next(_open.Count)]}\"]",
        3 => $"{{\"type\":\"map\",\"values\":\"{_open[_random.Next(_open.Count)]}\"}}",
        _ => Type(depth + 1, inUnion: false),
    };

    private string Union(int depth)
    {
        var branches = new Dictionary<string, string>();
        int count = _random.Next(1, 6);
        for (int i = 0; i < count; i++)
        {
            string branch = _random.Next(5) == 0 ? "\"null\"" : Type(depth + 1, inUnion: true);
            branches.TryAdd(Discriminator(branch), branch);
        }

        return "[" + string.Join(',', branches.Values) + "]";
    }

    /// <summary>A union must not contain the same type twice, except named types.</summary>
    private string Discriminator(string branch)
    {
        foreach (string type in (string[])["int", "long", "bytes", "array", "map"])
        {
            if (branch == $"\"{type}\"" || branch.StartsWith($"{{\"type\":\"{type}\"", StringComparison.Ordinal))
            {
                return type;
            }
        }

        return branch.StartsWith('{') ? $"named {_named}" : branch;
    }

    private object? Value(Schema schema, int depth) => schema switch
    {
        UnionSchema union => Value(union.Schemas[Branch(union, depth)], depth),
        RecordSchema record => RecordValue(record, depth),
        ArraySchema array => Enumerable.Range(0, Count(depth)).Select(_ => Value(array.ItemSchema, depth + 1)).ToArray(),
        MapSchema map => Names.OrderBy(_ => _random.Next()).Take(Count(depth)).ToDictionary(key => key, _ => Value(map.ValueSchema, depth + 1)!),
        EnumSchema symbols => new GenericEnum(symbols, symbols.Symbols[_random.Next(symbols.Count)]),
        FixedSchema bytes => new GenericFixed(bytes, Bytes(bytes.Size)),
        _ => Primitive(schema),
    };

    private object? Primitive(Schema schema) => schema.Tag switch
    {
        Schema.Type.Null => null,
        Schema.Type.Boolean => _random.Next(2) == 0,
        Schema.Type.Int => (int)Number(31),
        Schema.Type.Long => Number(63),
        Schema.Type.Float => (float)Fraction(),
        Schema.Type.Double => Fraction(),
        Schema.Type.Bytes => schema.GetProperty("precision") is null ? Bytes(_random.Next(5)) : DecimalBytes(),
        Schema.Type.String => Texts[_random.Next(Texts.Length)],
        _ => throw new InvalidOperationException($"no values for {schema.Tag}"),
    };

    private GenericRecord RecordValue(RecordSchema schema, int depth)
    {
        var record = new GenericRecord(schema);
        foreach (Field field in schema.Fields)
        {
            record.Add(field.Name, Value(field.Schema, depth + 1));
        }

        return record;
    }

    private int Branch(UnionSchema union, int depth)
    {
        int none = Enumerable.Range(0, union.Count).FirstOrDefault(i => union.Schemas[i].Tag == Schema.Type.Null, -1);
        return depth > 6 && none >= 0 ? none : _random.Next(union.Count);
    }

    private int Count(int depth) => depth > 6 ? 0 : _random.Next(4);

    private long Number(int bits) => _random.NextInt64(long.MinValue, long.MaxValue) >> (63 - _random.Next(bits + 1));

    private double Fraction() => _random.Next(8) switch
    {
        0 => double.NaN,
        1 => double.NegativeInfinity,
        2 => _random.Next(10),
        3 => _random.Next(10) / 10.0,
        4 => -0.0,
        _ => BitConverter.Int64BitsToDouble(_random.NextInt64()) is var any && double.IsNaN(any) ? 1e300 : any,
    };

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        if (_random.Next(3) > 0)
        {
            _random.NextBytes(bytes);
        }

        return bytes;
    }

    private byte[] DecimalBytes() =>
        new System.Numerics.BigInteger(_random.NextInt64(-999_999_999_999, 1_000_000_000_000)).ToByteArray(isBigEndian: true);
}
