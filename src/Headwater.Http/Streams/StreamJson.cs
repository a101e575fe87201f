using System.Text.Json;
using Headwater.Contracts.Text;
using Headwater.Core.Segments;
using Headwater.Log.Model;

namespace Headwater.Http.Streams;

/// <summary>Streams as the API shows them.</summary>
internal static class StreamJson
{
    /// <param name="json">Where to.</param>
    /// <param name="stream">What.</param>
    /// <param name="withSchema">Lists leave the schema out.</param>
    public static void Write(Utf8JsonWriter json, StreamDescription stream, bool withSchema)
    {
        StreamSettings settings = stream.Settings;
        json.WriteStartObject();
        json.WriteString("name", stream.Name.Value);
        json.WriteString("streamId", stream.StreamId);
        json.WriteString("kind", settings.Kind switch { StreamKind.Event => "event", StreamKind.Entity => "entity" });
        json.WriteNumber("partitions", settings.Partitions);
        json.WriteBoolean("schemaless", stream.Schema.Verbatim is null);
        json.WriteNumber("schemaVersion", stream.SchemaVersion);
        if (withSchema && stream.Schema.Verbatim is { } schema)
        {
            json.WritePropertyName("schema");
            json.WriteRawValue(schema);
        }

        json.WriteString("codec", settings.Codec.Name());
        WriteRetention(json, settings.Retention);
        WriteCompaction(json, settings.Compaction);
        WriteAbout(json, settings);
        json.WriteString("created", stream.Created.UtcDateTime);
        json.WriteEndObject();
    }

    private static void WriteAbout(Utf8JsonWriter json, StreamSettings settings)
    {
        if (settings.Owner is not null)
            json.WriteString("owner", settings.Owner);
        json.WriteBoolean("ownerEnforced", false);
        if (settings.Doc is not null)
            json.WriteString("doc", settings.Doc);
        json.WriteStartArray("tags");
        foreach (string tag in settings.Tags)
            json.WriteStringValue(tag);
        json.WriteEndArray();
        json.WriteBoolean("inbox", settings.Inbox);
    }

    private static void WriteRetention(Utf8JsonWriter json, RetentionSettings? retention)
    {
        if (retention is null)
            return;
        json.WriteStartObject("retention");
        if (retention.Time is { } time)
            json.WriteString("time", Durations.Format(time));
        if (retention.Bytes is { } bytes)
            json.WriteNumber("bytes", bytes);
        json.WriteEndObject();
    }

    private static void WriteCompaction(Utf8JsonWriter json, CompactionSettings? compaction)
    {
        if (compaction is null)
            return;
        json.WriteStartObject("compaction");
        if (compaction.MinLag is { } lag)
            json.WriteString("minLag", Durations.Format(lag));
        if (compaction.TombstoneRetention is { } retention)
            json.WriteString("tombstoneRetention", Durations.Format(retention));
        json.WriteEndObject();
    }
}
