using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;
using Headwater.Log.Append;

namespace Headwater.Formats.Json;

/// <summary>Events as JSON: <c>{"offset","appended","time"?,"key"?,"headers","value"}</c>, straight from their stored bytes.</summary>
public static class EventJson
{
    private static readonly JsonEncodedText PartitionName = JsonEncodedText.Encode("partition");
    private static readonly JsonEncodedText OffsetName = JsonEncodedText.Encode("offset");
    private static readonly JsonEncodedText AppendedName = JsonEncodedText.Encode("appended");
    private static readonly JsonEncodedText TimeName = JsonEncodedText.Encode("time");
    private static readonly JsonEncodedText KeyName = JsonEncodedText.Encode("key");
    private static readonly JsonEncodedText HeadersName = JsonEncodedText.Encode("headers");
    private static readonly JsonEncodedText ValueName = JsonEncodedText.Encode("value");

    /// <summary>Writes one event.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="view">The event.</param>
    /// <param name="schema">The schema that the event was written with.</param>
    /// <param name="times">Formats append times.</param>
    /// <param name="partition">Written as the first member; null: left out.</param>
    public static void Write(Utf8JsonWriter json, in DecodedEvent view, ValueSchema schema, AppendedText times, PartitionId? partition = null)
    {
        json.WriteStartObject();
        if (partition is { } known)
        {
            json.WriteNumber(PartitionName, known.Value);
        }

        json.WriteNumber(OffsetName, view.Offset.Value);
        json.WriteString(AppendedName, times.Of(view.Appended));
        if (view.Time is { } time)
        {
            json.WriteString(TimeName, time.ToDateTimeOffset().UtcDateTime);
        }

        if (view.HasKey)
        {
            json.WriteString(KeyName, view.Key);
        }

        json.WriteStartObject(HeadersName);
        foreach (EventHeader header in view.Headers)
        {
            if (!JsonMark.Is(header))
            {
                json.WriteString(header.Name, header.Value);
            }
        }

        json.WriteEndObject();
        json.WritePropertyName(ValueName);
        WriteValue(json, view, schema);
        json.WriteEndObject();
    }

    /// <summary>Writes the value by its schema. Without a schema, writes the original JSON or base64.</summary>
    public static void WriteValue(Utf8JsonWriter json, in DecodedEvent view, ValueSchema schema)
    {
        var reader = new AvroReader(view.Value);
        if (schema.Verbatim is not null)
        {
            schema.WriteJson(ref reader, json);
            return;
        }

        ReadOnlySpan<byte> bytes = schema.ReadBytes(ref reader, out bool isNull);
        if (isNull)
        {
            json.WriteNullValue();
        }
        else if (SchemalessJson.Is(view, bytes))
        {
            SchemalessJson.Write(json, bytes);
        }
        else
        {
            json.WriteBase64StringValue(bytes);
        }
    }
}
