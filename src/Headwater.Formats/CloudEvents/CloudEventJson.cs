using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Headwater.Contracts.Media;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;
using Headwater.Formats.Json;
using Headwater.Log.Model;

namespace Headwater.Formats.CloudEvents;

/// <summary>
/// Events as CloudEvents 1.0 in JSON. One that came as a CloudEvent has its attributes back; another gets id <c>{partition}-{offset}</c>, source
/// <c>/streams/{stream}</c>, the schema's name as type and its key as <c>partitionkey</c>. Headers and keys that are not valid attributes are left out.
/// </summary>
public sealed class CloudEventJson(StreamName stream, PartitionId partition)
{
    private static readonly SearchValues<byte> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789"u8);

    private readonly string _source = $"/streams/{stream}";

    /// <summary>Writes one event as a CloudEvent.</summary>
    public void Write(Utf8JsonWriter json, in DecodedEvent view, ValueSchema schema)
    {
        json.WriteStartObject();
        json.WriteString(CloudEventNames.SpecVersion, "1.0");
        var seen = default(SeenAttributes);
        bool isJson = IsJson(view, schema);
        foreach (EventHeader header in view.Headers)
        {
            WriteHeader(json, header, isJson, ref seen);
        }

        if (!seen.Id)
        {
            json.WriteString(CloudEventNames.Id, string.Create(CultureInfo.InvariantCulture, $"{partition}-{view.Offset}"));
        }

        if (!seen.Source)
        {
            json.WriteString(CloudEventNames.Source, _source);
        }

        if (!seen.Type)
        {
            json.WriteString(CloudEventNames.Type, schema.FullName);
        }

        if (view.Time is { } time)
        {
            json.WriteString(CloudEventNames.Time, time.ToDateTimeOffset().UtcDateTime);
        }

        if (view.HasKey && AttributeRules.FaultOf("partitionkey"u8, view.Key) is null && !SubjectIsKey(view))
        {
            json.WriteString(CloudEventNames.PartitionKey, view.Key);
        }

        WriteData(json, view, schema, isJson, seen.DataContentType);
        json.WriteEndObject();
    }

    // If the subject equals the key, the original CloudEvent had no partitionkey.
    private static bool SubjectIsKey(in DecodedEvent view)
    {
        foreach (EventHeader header in view.Headers)
        {
            if (header.Name.SequenceEqual("ce_subject"u8))
            {
                return header.Value.SequenceEqual(view.Key);
            }
        }

        return false;
    }

    private static bool IsJson(in DecodedEvent view, ValueSchema schema)
    {
        if (schema.Verbatim is not null || view.IsTombstone)
        {
            return schema.Verbatim is not null;
        }

        var reader = new AvroReader(view.Value);
        return SchemalessJson.Is(view, schema.ReadBytes(ref reader, out _));
    }

    private static void WriteHeader(Utf8JsonWriter json, EventHeader header, bool isJson, ref SeenAttributes seen)
    {
        ReadOnlySpan<byte> name = header.Name;
        if (!name.StartsWith("ce_"u8))
        {
            return;
        }

        name = name["ce_"u8.Length..];
        if (name.SequenceEqual("specversion"u8) || !IsAttributeName(name) || AttributeRules.FaultOf(name, header.Value) is not null)
        {
            return;
        }

        if (isJson && name.SequenceEqual("datacontenttype"u8) && !CloudEventNames.IsJson(Encoding.UTF8.GetString(header.Value)))
        {
            return; // The data is written as JSON; under another type it would be read as text.
        }

        seen.Note(name);
        json.WriteString(name, header.Value);
    }

    // Clients can set any header. Only valid CloudEvents attribute names that are not written elsewhere are written here.
    private static bool IsAttributeName(ReadOnlySpan<byte> name) =>
        !name.IsEmpty
        && !name.ContainsAnyExcept(NameCharacters)
        && !name.SequenceEqual("data"u8)
        && !name.SequenceEqual("time"u8)
        && !name.SequenceEqual("partitionkey"u8);

    private static void WriteData(Utf8JsonWriter json, in DecodedEvent view, ValueSchema schema, bool isJson, bool hasContentType)
    {
        if (view.IsTombstone)
        {
            return;
        }

        if (!hasContentType)
        {
            json.WriteString(CloudEventNames.DataContentType, isJson ? MediaTypes.Json : "application/octet-stream");
        }

        if (schema.Verbatim is not null)
        {
            json.WritePropertyName(CloudEventNames.Data);
            EventJson.WriteValue(json, view, schema);
            return;
        }

        var reader = new AvroReader(view.Value);
        ReadOnlySpan<byte> bytes = schema.ReadBytes(ref reader, out _);
        if (!isJson)
        {
            json.WriteBase64String(CloudEventNames.DataBase64, bytes);
            return;
        }

        json.WritePropertyName(CloudEventNames.Data);
        SchemalessJson.Write(json, bytes);
    }

    private struct SeenAttributes
    {
        public bool Id { get; private set; }

        public bool Source { get; private set; }

        public bool Type { get; private set; }

        public bool DataContentType { get; private set; }

        public void Note(ReadOnlySpan<byte> name)
        {
            Id |= name.SequenceEqual("id"u8);
            Source |= name.SequenceEqual("source"u8);
            Type |= name.SequenceEqual("type"u8);
            DataContentType |= name.SequenceEqual("datacontenttype"u8);
        }
    }
}
