using System.Buffers;
using System.Globalization;
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
                json.WritePropertyName(EnvelopeFormat.Events.Name);
                json.WriteRawValue(events, skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteIdentity(Utf8JsonWriter json, QueuedBatch batch)
    {
        EnvelopeFormat.Version.Write(json, Version);
        EnvelopeFormat.Id.Write(json, BitsOf(batch.Id));
        EnvelopeFormat.Stream.Write(json, batch.Stream);
        EnvelopeFormat.StreamId.Write(json, batch.StreamId);
        EnvelopeFormat.Partition.Write(json, batch.Partition);
        EnvelopeFormat.PartitionBy.Write(json, batch.PartitionBy);
        EnvelopeFormat.Key.Write(json, batch.HasOwnKey ? batch.Key.Value : null);
        EnvelopeFormat.Digest.Write(json, batch.Digest?.Value);
        EnvelopeFormat.Producer.Write(json, batch.Producer?.Id);
        EnvelopeFormat.Epoch.Write(json, batch.Producer?.Epoch.Value);
        EnvelopeFormat.Sequence.Write(json, batch.Producer?.Sequence.Value);
        EnvelopeFormat.Inbox.Write(json, batch.FromInbox);
        EnvelopeFormat.Forced.Write(json, batch.IsForced);
        EnvelopeFormat.TraceParent.Write(json, batch.TraceParent);
        EnvelopeFormat.TraceState.Write(json, batch.TraceState);
    }

    private static void WriteProgress(Utf8JsonWriter json, QueuedBatch batch)
    {
        EnvelopeFormat.Enqueued.Write(json, batch.Enqueued);
        EnvelopeFormat.Kept.Write(json, batch.Kept);
        if (batch.Wait != QueuedWait.None)
        {
            EnvelopeFormat.Attempts.Write(json, batch.Wait.Attempts);
            EnvelopeFormat.Waited.Write(json, (long)batch.Wait.Waited.TotalSeconds);
            EnvelopeFormat.Expected.Write(json, batch.Wait.Expected);
        }
    }

    private static UInt128 BitsOf(string hex) => UInt128.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static void WriteContent(Utf8JsonWriter json, QueuedContent content)
    {
        EnvelopeFormat.Claim.Write(json, content.ClaimBytes);
        EnvelopeFormat.Token.Write(json, content.Token is { } token ? BitsOf(token) : null);
        EnvelopeFormat.Events.Write(json, content.Events);
        EnvelopeFormat.CloudEvent.Write(json, content.CloudEvent);
    }
}
