using System.Globalization;
using System.Text;
using System.Text.Json;
using Avro.Generic;
using Headwater.Core.Avro;
using Headwater.Core.Segments;
using Headwater.Log.Appending;

namespace Headwater.Simulation.Workload;

/// <summary>An event's value carries its id and nothing else: as text in streams without a schema, else in a record.</summary>
internal static class EventValue
{
    public const string Schema = """{"type":"record","name":"Sent","fields":[{"name":"id","type":"long"},{"name":"padding","type":"string","default":""}]}""";

    private const int Branches = 2;

    public static void Add(RequestEvents events, bool hasSchema, long id, string? key, int padding)
    {
        var attributes = new EventAttributes(key, [], null);
        if (hasSchema)
        {
            using JsonDocument value = JsonDocument.Parse(string.Create(CultureInfo.InvariantCulture, $$"""{"id":{{id}},"padding":"{{new string('x', padding)}}"}"""));
            events.AddJson(attributes, value.RootElement);
        }
        else
        {
            events.AddBytes(attributes, Encoding.UTF8.GetBytes(id.ToString(CultureInfo.InvariantCulture).PadRight(padding)));
        }
    }

    public static long Read(EventView stored, bool hasSchema)
    {
        var reader = new AvroReader(stored.Value);
        reader.ReadUnionIndex(Branches);
        return hasSchema ? reader.ReadLong() : Parse(Encoding.UTF8.GetString(reader.ReadBytes()));
    }

    /// <summary>The same, as Apache's reader gives it.</summary>
    public static long Read(object value) => value is GenericRecord record ? (long)record["id"] : Parse(Encoding.UTF8.GetString((byte[])value));

    private static long Parse(string text) => long.Parse(text.AsSpan().TrimEnd(), CultureInfo.InvariantCulture);
}
