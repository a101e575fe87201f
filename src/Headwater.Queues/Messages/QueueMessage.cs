using System.Buffers.Text;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Json;
using Headwater.Formats.CloudEvents;
using Headwater.Formats.Parsing;
using Headwater.Log.Ports;

namespace Headwater.Queues.Messages;

/// <summary>One part of a message. Each part is appended, waits or is given up on its own.</summary>
/// <param name="Text">The text that retries this part when it is put on the queue.</param>
/// <param name="Batch">The batch; null if the part could not be parsed.</param>
/// <param name="Fault">Why the part could not be parsed; null if it was.</param>
public sealed record MessagePart(ReadOnlyMemory<byte> Text, QueuedBatch? Batch, HeadwaterException? Fault);

/// <summary>
/// Parses messages. A message on <c>appends</c> is the app's envelope. A message on <c>inbox</c> is a CloudEvent, a batch of CloudEvents or an envelope, as
/// text or base64.
/// </summary>
public static class QueueMessage
{
    private const int ShownBytes = 40;

    /// <summary>How deep a message may nest. The app's envelope has the events in a member, which is one level more than a body of events.</summary>
    public static int MaxDepthOf(string queue) => queue == StorageNames.AppendsQueue ? JsonBodies.MaxDepth + 1 : JsonBodies.MaxDepth;

    /// <summary>Splits a message into its parts.</summary>
    /// <param name="queue">The queue that the message is from.</param>
    /// <param name="text">The message as JSON text.</param>
    /// <param name="document">The parsed message. The caller disposes it after the parts have been handled.</param>
    public static IReadOnlyList<MessagePart> Parts(string queue, ReadOnlyMemory<byte> text, JsonDocument document)
    {
        JsonElement root = document.RootElement;
        if (queue == StorageNames.AppendsQueue)
        {
            return [Part(text, root, EnvelopeReader.ReadOwn)];
        }

        if (root.ValueKind == JsonValueKind.Array)
        {
            return [.. root.EnumerateArray().Select(item => Part(Raw(item), item, CloudEventOf))];
        }

        return [Part(text, root, IsCloudEvent(root) ? CloudEventOf : EnvelopeReader.ReadForeign)];
    }

    /// <summary>
    /// The text of a message. Base64 is decoded if it contains JSON: some client libraries encode messages by default, and plain text can consist of base64's
    /// letters.
    /// </summary>
    public static ReadOnlyMemory<byte> TextOf(ReadOnlyMemory<byte> body)
    {
        ReadOnlySpan<byte> trimmed = body.Span.Trim(" \t\r\n"u8);
        if (trimmed.IsEmpty || trimmed[0] is (byte)'{' or (byte)'[' || !Base64.IsValid(trimmed))
        {
            return body;
        }

        byte[] decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(trimmed.Length)];
        Base64.DecodeFromUtf8(trimmed, decoded, out _, out int written);
        ReadOnlyMemory<byte> text = decoded.AsMemory(0, written);
        return JsonBodies.IsJson(JsonBodies.WithoutMark(text).Span) ? text : body;
    }

    /// <summary>The reason of a message that cannot be parsed: what it begins with, and what the queue takes.</summary>
    public static HeadwaterException NotJson(string queue, ReadOnlySpan<byte> text, HeadwaterException unparsed)
    {
        string start = System.Text.Encoding.UTF8.GetString(text[..Math.Min(text.Length, ShownBytes)]);
        string accepted = queue == StorageNames.AppendsQueue ? "the app's envelope" : "a CloudEvent in JSON, an array of CloudEvents or an envelope";
        return Refusals.MalformedBody($"{unparsed.Message} The message begins with '{start}'; this queue accepts {accepted}.", unparsed);
    }

    private static MessagePart Part(ReadOnlyMemory<byte> text, JsonElement item, Func<JsonElement, QueuedBatch> read)
    {
        try
        {
            return item.ValueKind == JsonValueKind.Object
                ? new MessagePart(text, read(item), null)
                : throw Refusals.MalformedBody($"A message must be a JSON object, not {JsonKinds.Name(item)}.");
        }
        catch (HeadwaterException fault)
        {
            return new MessagePart(text, null, fault);
        }
    }

    private static bool IsCloudEvent(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && JsonKinds.TryMember(root, CloudEventNames.SpecVersion, out _);

    // Serialized again: text that arrived as base64 may contain characters that a queue message cannot.
    private static ReadOnlyMemory<byte> Raw(JsonElement item)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, WireJson.WriterOptions))
        {
            JsonCopy.Write(item, json);
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Reads only what identifies the event. The other members are checked later, against the stream's schema.</summary>
    private static QueuedBatch CloudEventOf(JsonElement item)
    {
        Core.Segments.RequestKey key = MessageKeys.OfCloudEvent(Attribute(item, CloudEventNames.Source), Attribute(item, CloudEventNames.Id));
        return new QueuedBatch
        {
            Id = key.ToString(),
            Key = key,
            Stream = Attribute(item, CloudEventNames.Stream) is { } stream && stream.Length <= EnvelopeFormat.Stream.Most ? stream
                : throw Refusals.MalformedBody($"A CloudEvent's attribute {CloudEventNames.Stream} must have at most {EnvelopeFormat.Stream.Most} characters."),
            FromInbox = true,
            TraceParent = Optional(item, EnvelopeFormat.TraceParent.Name),
            TraceState = Optional(item, EnvelopeFormat.TraceState.Name),
            Content = QueuedContent.OfCloudEvent(item),
        };
    }

    private static string Attribute(JsonElement item, string name) =>
        Optional(item, name) is { Length: > 0 } text ? text
            : throw Refusals.MalformedBody($"A CloudEvent on the inbox must have the attribute {name} as a non-empty string.");

    private static string? Optional(JsonElement item, string name) =>
        JsonKinds.TryMember(item, name, out JsonElement member) && member.ValueKind == JsonValueKind.String
            && JsonKinds.TryText(member, out string text) ? text : null;
}
