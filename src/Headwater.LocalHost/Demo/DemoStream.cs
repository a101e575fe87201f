using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Headwater.LocalHost.Demo;

/// <summary>A field of a demo stream.</summary>
/// <param name="Name">The name in the schema.</param>
/// <param name="Type">string, int or double.</param>
/// <param name="Doc">The documentation in the schema.</param>
internal sealed record DemoField(string Name, string Type, string Doc);

/// <summary>A stream of the demo: its settings, and the JSON form of its events.</summary>
internal sealed record DemoStream(string Name, string Kind, int Partitions, string Record, string Doc, IReadOnlyList<DemoField> Fields)
{
    public static DemoStream Airports { get; } = new(
        "airports", "entity", 2, "Airport", "Airports of the United States, one entity per IATA code.",
        [
            new("iata", "string", "IATA or FAA code; the key."),
            new("name", "string", "Name of the airport."),
            new("city", "string", "City it serves; NA if unknown."),
            new("state", "string", "Two-letter state or territory; NA if unknown."),
            new("country", "string", "Country."),
            new("latitude", "double", "Degrees north."),
            new("longitude", "double", "Degrees east."),
        ]);

    public static DemoStream Flights { get; } = new(
        "flights", "event", 4, "Flight", "Domestic flights of 2001, in order of departure per origin.",
        [
            new("delay", "int", "Arrival delay in minutes; negative if early."),
            new("distance", "int", "Miles flown."),
            new("origin", "string", "IATA code; the key."),
            new("destination", "string", "IATA code."),
        ]);

    public static DemoStream Delays { get; } = new(
        "delays", "event", 4, "Delay", "Delays of domestic flights, without a key.",
        [
            new("delay", "int", "Arrival delay in minutes; negative if early."),
            new("distance", "int", "Miles flown."),
            new("time", "double", "Hour of the day of departure, with fractions."),
        ]);

    public static LogEvent Of(Airport airport) => new(
        airport.Iata, null, [airport.Iata, airport.Name, airport.City, airport.State, airport.Country, airport.Latitude, airport.Longitude]);

    public static LogEvent Closing(string iata) => new(iata, null, null);

    public static LogEvent Of(Flight flight)
    {
        DateTimeOffset date = DateTimeOffset.ParseExact(flight.Date, "yyyy/MM/dd HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        return new LogEvent(flight.Origin, Micros(date), [(long)flight.Delay, (long)flight.Distance, flight.Origin, flight.Destination]);
    }

    public static LogEvent Of(Delay delay) => new(null, null, [(long)delay.Minutes, (long)delay.Distance, delay.Time]);

    public static long Micros(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The body of the PUT that creates the stream.</summary>
    public string Settings()
    {
        JsonArray fields = [.. Fields.Select(f => new JsonObject { ["name"] = f.Name, ["type"] = f.Type, ["doc"] = f.Doc })];
        JsonObject schema = new() { ["type"] = "record", ["name"] = Record, ["namespace"] = "demo", ["doc"] = Doc, ["fields"] = fields };
        return new JsonObject { ["kind"] = Kind, ["partitions"] = Partitions, ["doc"] = Doc, ["schema"] = schema }.ToJsonString();
    }

    /// <summary>Writes an event in the form in which it is posted.</summary>
    public void Write(LogEvent logEvent, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (logEvent.Key is { } key)
        {
            json.WriteString("key", key);
        }

        if (logEvent.Time is { } time)
        {
            json.WriteString("time", DateTimeOffset.UnixEpoch.AddTicks(time * TimeSpan.TicksPerMicrosecond));
        }

        json.WritePropertyName("value");
        if (logEvent.Values is { } values)
        {
            WriteValue(values, json);
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteEndObject();
    }

    /// <summary>Reads an event in the form that the API returns.</summary>
    public LogEvent Read(JsonElement json)
    {
        string? key = json.TryGetProperty("key", out JsonElement k) ? k.GetString() : null;
        long? time = json.TryGetProperty("time", out JsonElement t) ? Micros(t.GetDateTimeOffset()) : null;
        JsonElement value = json.GetProperty("value");
        return new LogEvent(key, time, value.ValueKind == JsonValueKind.Null ? null : [.. Fields.Select(f => Read(value.GetProperty(f.Name), f.Type))]);
    }

    private static object Read(JsonElement value, string type) => type switch
    {
        "string" => value.GetString()!,
        "int" => value.GetInt64(),
        _ => value.GetDouble(),
    };

    private void WriteValue(IReadOnlyList<object> values, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        for (int field = 0; field < Fields.Count; field++)
        {
            json.WritePropertyName(Fields[field].Name);
            switch (values[field])
            {
                case string text:
                    json.WriteStringValue(text);
                    break;
                case long number:
                    json.WriteNumberValue(number);
                    break;
                case double number:
                    json.WriteNumberValue(number);
                    break;
                default:
                    throw new InvalidOperationException($"Field {Fields[field].Name} has no JSON form.");
            }
        }

        json.WriteEndObject();
    }
}
