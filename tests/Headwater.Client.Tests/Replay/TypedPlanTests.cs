using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;

namespace Headwater.Client.Tests;

/// <summary>Values that are read from Avro straight into C# types are those that JSON gives.</summary>
public sealed class TypedPlanTests
{
    private const string Schema = """
        {"type":"record","name":"Wide","namespace":"n","fields":[
          {"name":"text","type":"string"},{"name":"flag","type":"boolean"},{"name":"count","type":"int"},{"name":"big","type":"long"},
          {"name":"small","type":"int"},{"name":"wide","type":"int"},{"name":"real","type":"float"},{"name":"exact","type":"double"},
          {"name":"bytes","type":"bytes"},{"name":"maybe","type":["null","string"],"default":null},{"name":"perhaps","type":["long","null"]},
          {"name":"unknown","type":{"type":"array","items":{"type":"map","values":["null","int",{"type":"fixed","name":"F","size":3}]}}},
          {"name":"suit","type":{"type":"enum","name":"Suit","symbols":["Hearts","Spades"]}},{"name":"suitText","type":"Suit"},
          {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"then","type":{"type":"long","logicalType":"timestamp-micros"}},
          {"name":"day","type":{"type":"int","logicalType":"date"}},{"name":"hour","type":{"type":"long","logicalType":"time-micros"}},
          {"name":"id","type":{"type":"string","logicalType":"uuid"}},{"name":"numbers","type":{"type":"array","items":"int"}},
          {"name":"parts","type":{"type":"array","items":{"type":"record","name":"Part","fields":[
            {"name":"name","type":"string"},{"name":"weight","type":["null","double"]}]}}},
          {"name":"rates","type":{"type":"map","values":"double"}},{"name":"part","type":["null","Part"]}]}
        """;

    private static readonly JsonSerializerOptions Named = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_value_of_many_types_is_what_json_gives(int seed)
    {
        var random = new Random(seed);
        ValueSchema schema = ValueSchema.Parse(Schema);
        ValueSerializer<Wide> values = ValueSerializers.Of(WideJson.Default.Wide);
        StoredValues<Wide>? planned = PlannedStoredValues<Wide>.TryMake(values, schema);
        var json = new JsonStoredValues<Wide>(values, schema);

        Assert.NotNull(planned);
        for (int i = 0; i < 100; i++)
        {
            byte[] stored = Encode(schema, Value(random));
            string expected = Text(json.Read(new DecodedEvent { Value = stored }));

            Assert.Equal(expected, Text(planned.Read(new DecodedEvent { Value = stored })));
        }
    }

    [Fact]
    public void Types_that_reflection_examines_are_planned_too() =>
        Same<Renamed>(
            """
            {"type":"record","name":"R","fields":[
              {"name":"a_b","type":"int"},{"name":"C","type":"string"},{"name":"init","type":["null","int"]},{"name":"left","type":"long"}]}
            """,
            """{"a_b":5,"C":"x","init":null,"left":7}""",
            isPlanned: true);

    [Fact]
    public void Structs_are_planned_too() =>
        Same<Point>("""{"type":"record","name":"P","fields":[{"name":"x","type":"int"},{"name":"y","type":"long"}]}""", """{"x":5,"y":-7}""", isPlanned: true);

    [Theory]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}""", """{"price":"5.25"}""")]
    [InlineData("\"double\"", """{"price":5.0}""")]
    public void Types_that_are_not_planned_are_read_through_json(string type, string value) =>
        Same<Priced>($$"""{"type":"record","name":"R","fields":[{"name":"price","type":{{type}}}]}""", value, isPlanned: false);

    [Fact]
    public void Converters_and_callbacks_of_the_program_are_called()
    {
        Same<Doubled>("""{"type":"record","name":"R","fields":[{"name":"n","type":"int"}]}""", """{"n":5}""", isPlanned: false);
        Same<Called>("""{"type":"record","name":"R","fields":[{"name":"n","type":"int"}]}""", """{"n":5}""", isPlanned: false);
    }

    [Theory]
    [InlineData("\"double\"", "\"NaN\"", typeof(double))]
    [InlineData("\"int\"", "300", typeof(byte))]
    [InlineData("""{"type":"long","logicalType":"timestamp-micros"}""", "9223372036854775807", typeof(DateTimeOffset))]
    [InlineData("""{"type":"int","logicalType":"date"}""", "2147483647", typeof(DateOnly))]
    public void What_json_refuses_is_refused(string schema, string value, Type type) =>
        GetType().GetMethod(nameof(Refused), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(type).Invoke(null, [schema, value]);

    [Fact]
    public void Numbers_that_are_not_finite_are_read_as_the_options_say()
    {
        foreach (JsonNumberHandling handling in Enum.GetValues<JsonNumberHandling>())
        {
            var options = new JsonSerializerOptions(JsonSerializerOptions.Web) { NumberHandling = handling };
            foreach (string value in (string[])["\"NaN\"", "\"Infinity\"", "\"-Infinity\"", "1.5"])
            {
                SameOutcome<double>(options, "\"double\"", value);
                SameOutcome<float?>(options, """["null","float"]""", value);
                SameOutcome<Lenient>(options, """{"type":"record","name":"R","fields":[{"name":"n","type":"double"}]}""", $$"""{"n":{{value}}}""");
            }
        }
    }

    [Fact]
    public void Options_that_change_what_is_made_of_members_are_left_to_json()
    {
        const string Filled = """{"type":"record","name":"R","fields":[{"name":"n","type":{"type":"array","items":"int"}},{"name":"other","type":"int"}]}""";
        JsonSerializerOptions[] all =
        [
            new(JsonSerializerOptions.Web) { PreferredObjectCreationHandling = JsonObjectCreationHandling.Populate },
            new(JsonSerializerOptions.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow },
            new(JsonSerializerOptions.Web) { AllowDuplicateProperties = false },
            new(JsonSerializerOptions.Web) { MaxDepth = 1 },
        ];
        Assert.All(all, o => SameOutcome<Prefilled>(o, Filled, """{"n":[5,6],"other":7}"""));
    }

    private static void SameOutcome<T>(JsonSerializerOptions options, string schemaText, string value)
    {
        ValueSchema schema = ValueSchema.Parse(schemaText);
        ValueSerializer<T> values = ValueSerializers.Reflected<T>(options);
        byte[] stored = Encode(schema, value);
        string expected = Outcome(new JsonStoredValues<T>(values, schema), stored);

        Assert.Equal(expected, Outcome(StoredValues<T>.Of(values, schema), stored));
    }

    private static string Outcome<T>(StoredValues<T> values, byte[] stored)
    {
        try
        {
            return JsonSerializer.Serialize(values.Read(new DecodedEvent { Value = stored }), Named);
        }
        catch (Exception refused) when (refused is JsonException or FormatException)
        {
            return "refused";
        }
    }

    private static void Refused<T>(string schemaText, string value)
    {
        ValueSchema schema = ValueSchema.Parse(schemaText);
        var strict = new JsonSerializerOptions(JsonSerializerOptions.Web) { NumberHandling = JsonNumberHandling.Strict };
        ValueSerializer<T> values = ValueSerializers.Reflected<T>(strict);
        byte[] stored = Encode(schema, value);

        Assert.ThrowsAny<Exception>(() => new JsonStoredValues<T>(values, schema).Read(new DecodedEvent { Value = stored }));
        Assert.ThrowsAny<Exception>(() => PlannedStoredValues<T>.TryMake(values, schema)!.Read(new DecodedEvent { Value = stored }));
    }

    private static void Same<T>(string schemaText, string value, bool isPlanned)
    {
        ValueSchema schema = ValueSchema.Parse(schemaText);
        ValueSerializer<T> values = ValueSerializers.Reflected<T>();
        byte[] stored = Encode(schema, value);
        string expected = JsonSerializer.Serialize(new JsonStoredValues<T>(values, schema).Read(new DecodedEvent { Value = stored }));

        Assert.Equal(isPlanned, PlannedStoredValues<T>.TryMake(values, schema) is not null);
        Assert.Equal(expected, JsonSerializer.Serialize(StoredValues<T>.Of(values, schema).Read(new DecodedEvent { Value = stored })));
    }

    private static string Text(Wide value) => JsonSerializer.Serialize(value, WideJson.Default.Wide);

    private static byte[] Encode(ValueSchema schema, string json)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Null(schema.TryWriteJson(JsonElement.Parse(json), output));
        return output.WrittenSpan.ToArray();
    }

    private static string Value(Random random)
    {
        string Part() => $$"""{"name":"p{{random.Next(100)}}","weight":{{(random.Next(2) == 0 ? "null" : $"{random.Next(1000) / 4.0}")}}}""";
        string List(Func<string> item) => string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => item()));
        return $$$"""
            {"text":"é{{{random.Next()}}}","flag":{{{(random.Next(2) == 0 ? "true" : "false")}}},"count":{{{random.Next(int.MinValue, int.MaxValue)}}},
            "big":{{{random.NextInt64(long.MinValue, long.MaxValue)}}},"small":{{{random.Next(256)}}},"wide":{{{random.Next()}}},
            "real":{{{random.Next(1000) / 8.0}}},"exact":{{{random.NextDouble()}}},"bytes":"{{{Convert.ToBase64String(BitConverter.GetBytes(random.Next()))}}}",
            "maybe":{{{(random.Next(2) == 0 ? "null" : "\"m\"")}}},"perhaps":{{{(random.Next(2) == 0 ? "null" : $"{random.Next()}")}}},
            "unknown":[{{{List(() => """{"a":null,"b":5}""")}}}],"suit":"{{{(random.Next(2) == 0 ? "Hearts" : "Spades")}}}","suitText":"Spades",
            "at":{{{random.NextInt64(-62135596800000, 253402300799999)}}},"then":"2024-02-29T23:59:59.{{{random.Next(1_000_000):d6}}}Z",
            "day":"{{{1 + random.Next(9998):d4}}}-02-28","hour":"23:59:{{{random.Next(60):d2}}}.{{{random.Next(1_000_000):d6}}}",
            "id":"{{{new Guid(random.Next(), 1, 2, new byte[8])}}}",
            "numbers":[{{{List(() => $"{random.Next()}")}}}],"parts":[{{{List(Part)}}}],"rates":{"a":{{{random.Next(9)}}}.5,"b":1.0},
            "part":{{{(random.Next(2) == 0 ? "null" : Part())}}}}
            """;
    }

    private struct Point
    {
        public int X { get; set; }

        public long Y { get; init; }
    }

    private sealed class Renamed
    {
        [JsonPropertyName("a_b")]
        public int AB { get; set; }

        public string C { get; set; } = "";

        public int? Init { get; init; } = 5;

        [JsonIgnore]
        public long Left { get; set; } = 3;

        public string Untouched { get; set; } = "kept";
    }

    private sealed record Priced([property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] decimal Price);

    private sealed class Doubled
    {
        [JsonConverter(typeof(DoublingConverter))]
        public int N { get; set; }
    }

    private sealed class Lenient
    {
        [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
        public double N { get; set; }
    }

    private sealed class Prefilled
    {
        public List<int> N { get; } = [1];
    }

    private sealed class Called : IJsonOnDeserialized
    {
        public int N { get; set; }

        public void OnDeserialized() => N *= 2;
    }

    private sealed class DoublingConverter : JsonConverter<int>
    {
        public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => 2 * reader.GetInt32();

        public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
    }
}

internal enum Suit
{
    Hearts,
    Spades,
}

internal sealed record Part(string Name, double? Weight);

internal sealed record Wide(
    string Text, bool Flag, int Count, long Big, byte Small, long Wider, float Real, double Exact, byte[] Bytes, string? Maybe, long? Perhaps, Suit Suit,
    string SuitText, DateTimeOffset At, DateTime Then, DateOnly Day, TimeOnly Hour, Guid Id, int[] Numbers, IReadOnlyList<Part> Parts,
    Dictionary<string, double> Rates, Part? Part, string? Missing = null)
{
    [JsonPropertyName("wide")]
    public double AsDouble { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Wide))]
internal sealed partial class WideJson : JsonSerializerContext;
