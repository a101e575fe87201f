using System.Buffers;
using System.Text.Json;
using Headwater.Contracts.Json;

namespace Headwater.Queues.Messages;

/// <summary>Writes the envelope of queue <c>appends</c>, version 1. The format is persisted: names and meanings never change.</summary>
public static class EnvelopeWriter
{
    /// <summary>The version of the format.</summary>
    public const int Version = 1;

    /// <summary>Writes one envelope.</summary>
    /// <param name="batch">The batch. Its own content is written if <paramref name="events"/> is empty.</param>
    /// <param name="events">The events as a JSON array, or empty.</param>
    public static byte[] Write(QueuedBatch batch, ReadOnlySpan<byte> events)
    {
        var buffer = new ArrayBufferWriter<byte>(512 + events.Length);
        using (var json = new Utf8JsonWriter(buffer, WireJson.WriterOptions))
        {
            json.WriteStartObject();
            WriteIdentity(json, batch);
            WriteProgress(json, batch);
            if (events.IsEmpty)
            {
                WriteContent(json, batch.Content);
            }
            else
            {
                json.WritePropertyName(EnvelopeNames.Events);
                json.WriteRawValue(events, skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteIdentity(Utf8JsonWriter json, QueuedBatch batch)
    {
        json.WriteNumber(EnvelopeNames.Version, Version);
        json.WriteString(EnvelopeNames.Id, batch.Id);
        json.WriteString(EnvelopeNames.Stream, batch.Stream);
        WriteText(json, EnvelopeNames.StreamId, batch.StreamId);
        if (batch.Partition is { } partition)
        {
            json.WriteNumber(EnvelopeNames.Partition, partition);
        }

        WriteText(json, EnvelopeNames.PartitionBy, batch.PartitionBy);
        if (batch.HasOwnKey)
        {
            json.WriteString(EnvelopeNames.Key, batch.Key.ToString());
        }

        WriteText(json, EnvelopeNames.Digest, batch.Digest?.ToString());
        if (batch.Producer is { } producer)
        {
            json.WriteString(EnvelopeNames.Producer, producer.Id);
            json.WriteNumber(EnvelopeNames.Epoch, producer.Epoch.Value);
            json.WriteNumber(EnvelopeNames.Sequence, producer.Sequence.Value);
        }

        if (batch.FromInbox)
        {
            json.WriteBoolean(EnvelopeNames.Inbox, true);
        }

        WriteText(json, EnvelopeNames.TraceParent, batch.TraceParent);
        WriteText(json, EnvelopeNames.TraceState, batch.TraceState);
    }

    private static void WriteProgress(Utf8JsonWriter json, QueuedBatch batch)
    {
        if (batch.Enqueued is { } enqueued)
        {
            json.WriteString(EnvelopeNames.Enqueued, enqueued.UtcDateTime);
        }

        if (batch.Wait == QueuedWait.None)
        {
            return;
        }

        json.WriteNumber(EnvelopeNames.Attempts, batch.Wait.Attempts);
        json.WriteNumber(EnvelopeNames.Waited, (long)batch.Wait.Waited.TotalSeconds);
        if (batch.Wait.Expected is { } expected)
        {
            json.WriteNumber(EnvelopeNames.Expected, expected);
        }
    }

    private static void WriteContent(Utf8JsonWriter json, QueuedContent content)
    {
        if (content.ClaimBytes is { } bytes)
        {
            json.WriteNumber(EnvelopeNames.Claim, bytes);
        }

        if (content.Events is { } events)
        {
            json.WritePropertyName(EnvelopeNames.Events);
            events.WriteTo(json);
        }

        if (content.CloudEvent is { } item)
        {
            json.WritePropertyName(EnvelopeNames.CloudEvent);
            item.WriteTo(json);
        }
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }
}

/// <summary>Names of the members of an envelope.</summary>
internal static class EnvelopeNames
{
    public const string Version = "version";
    public const string Id = "id";
    public const string Stream = "stream";
    public const string StreamId = "streamId";
    public const string Partition = "partition";
    public const string PartitionBy = "partitionBy";
    public const string Key = "key";
    public const string Digest = "digest";
    public const string Producer = "producer";
    public const string Epoch = "epoch";
    public const string Sequence = "sequence";
    public const string Inbox = "inbox";
    public const string TraceParent = "traceparent";
    public const string TraceState = "tracestate";
    public const string Enqueued = "enqueued";
    public const string Attempts = "attempts";
    public const string Waited = "waited";
    public const string Expected = "expected";
    public const string Claim = "claim";
    public const string Events = "events";
    public const string CloudEvent = "cloudEvent";
    public const string Poison = "poison";
    public const string Body = "body";

    /// <summary>Members that other services may use on the inbox.</summary>
    public static IReadOnlyList<string> Public { get; } =
    [
        Version, Id, Stream, StreamId, Partition, Producer, Epoch, Sequence, TraceParent, TraceState, Events,
    ];

    /// <summary>Members that the app uses on its own queue.</summary>
    public static IReadOnlyList<string> Own { get; } =
        [.. Public, PartitionBy, Key, Digest, Inbox, Enqueued, Attempts, Waited, Expected, Claim, CloudEvent];
}
