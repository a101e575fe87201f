using System.Globalization;
using System.Text;
using System.Text.Json;
using Avro.Generic;
using Headwater.Core.Avro;
using Headwater.Core.Segments;
using Headwater.Log.Append;
using Headwater.Simulation.History;

namespace Headwater.Simulation.Workload;

/// <summary>An event's value carries only the event's id: as JSON text in streams without a schema, otherwise in a record.</summary>
internal static class EventValue
{
    public const string Schema = """{"type":"record","name":"Sent","fields":[{"name":"id","type":"long"},{"name":"padding","type":"string","default":""}]}""";

    private const int Branches = 2;

    /// <summary>A tombstone has no value; a header carries its id.</summary>
    private const string IdHeader = "id";

    public static void Add(RequestEvents events, bool hasSchema, SentEvent sent, int padding)
    {
        long id = sent.Id;
        var attributes = new EventAttributes(sent.Key, sent.IsTombstone ? [new(IdHeader, id.ToString(CultureInfo.InvariantCulture))] : [], null);
        if (sent.IsTombstone)
        {
            using JsonDocument nothing = JsonDocument.Parse("null");
            events.AddJson(attributes, nothing.RootElement);
        }
        else if (hasSchema)
        {
            using JsonDocument value =
                JsonDocument.Parse(string.Create(CultureInfo.InvariantCulture, $$"""{"id":{{id}},"padding":"{{new string('x', padding)}}"}"""));
            events.AddJson(attributes, value.RootElement);
        }
        else
        {
            events.AddBytes(attributes, Encoding.UTF8.GetBytes(id.ToString(CultureInfo.InvariantCulture).PadRight(padding)));
        }
    }

    public static long Read(DecodedEvent stored, bool hasSchema)
    {
        if (stored.IsTombstone)
        {
            foreach (EventHeader header in stored.Headers)
            {
                return Parse(Encoding.UTF8.GetString(header.Value));
            }
        }

        var reader = new AvroReader(stored.Value);
        reader.ReadUnionIndex(Branches);
        return hasSchema ? reader.ReadLong() : Parse(Encoding.UTF8.GetString(reader.ReadBytes()));
    }

    /// <summary>Reads the id from a record of Apache's reader.</summary>
    public static long Read(GenericRecord stored) => stored["value"] switch
    {
        null => Parse((string)((IDictionary<string, object>)stored["headers"])[IdHeader]),
        GenericRecord record => (long)record["id"],
        var bytes => Parse(Encoding.UTF8.GetString((byte[])bytes)),
    };

    private static long Parse(string text) => long.Parse(text.AsSpan().TrimEnd(), CultureInfo.InvariantCulture);
}
