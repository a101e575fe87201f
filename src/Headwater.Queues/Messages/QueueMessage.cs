using System.Buffers.Text;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Json;
using Headwater.Formats.CloudEvents;
using Headwater.Formats.Parsing;
using Headwater.Log.Ports;

namespace Headwater.Queues.Messages;

/// <summary>One part of a message that is appended, waits or is given up on its own.</summary>
/// <param name="Text">What can be put back on the queue to try it again.</param>
/// <param name="Batch">What it asks for; null if it cannot be understood.</param>
/// <param name="Fault">Why it cannot be understood.</param>
public sealed record MessagePart(ReadOnlyMemory<byte> Text, QueuedBatch? Batch, HeadwaterException? Fault);

/// <summary>What stands in a message: the app's envelope on <c>appends</c>; on <c>inbox</c> a CloudEvent, a batch of them, or an envelope, plain or base64.</summary>
public static class QueueMessage
{
    /// <param name="queue">Which of the two it came from.</param>
    /// <param name="text">JSON.</param>
    /// <param name="document">Disposed by the caller once the parts are done with.</param>
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

    /// <summary>The message's JSON; decoded if it is base64, as some senders' libraries make it.</summary>
    public static ReadOnlyMemory<byte> TextOf(ReadOnlyMemory<byte> body)
    {
        ReadOnlySpan<byte> trimmed = body.Span.Trim(" \t\r\n"u8);
        if (trimmed.IsEmpty || trimmed[0] is (byte)'{' or (byte)'[' || !Base64.IsValid(trimmed))
        {
            return body;
        }

        byte[] decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(trimmed.Length)];
        Base64.DecodeFromUtf8(trimmed, decoded, out _, out int written);
        return decoded.AsMemory(0, written);
    }

    private static MessagePart Part(ReadOnlyMemory<byte> text, JsonElement item, Func<JsonElement, QueuedBatch> read)
    {
        try
        {
            return item.ValueKind == JsonValueKind.Object
                ? new MessagePart(text, read(item), null)
                : throw Refusals.MalformedBody($"A message is an object, not {JsonKinds.Name(item)}.");
        }
        catch (HeadwaterException fault)
        {
            return new MessagePart(text, null, fault);
        }
    }

    private static bool IsCloudEvent(JsonElement root) => root.ValueKind == JsonValueKind.Object && root.TryGetProperty(CloudEventNames.SpecVersion, out _);

    // Written anew: text that came as base64 may hold what a message cannot.
    private static ReadOnlyMemory<byte> Raw(JsonElement item)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, WireJson.WriterOptions))
        {
            item.WriteTo(json);
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Only what names it is read here: the rest is looked at with the stream's schema.</summary>
    private static QueuedBatch CloudEventOf(JsonElement item)
    {
        Core.Segments.RequestKey key = MessageKeys.OfCloudEvent(Attribute(item, CloudEventNames.Source), Attribute(item, CloudEventNames.Id));
        return new QueuedBatch
        {
            Id = key.ToString(),
            Key = key,
            Stream = Attribute(item, CloudEventNames.Stream),
            FromInbox = true,
            TraceParent = Optional(item, EnvelopeNames.TraceParent),
            TraceState = Optional(item, EnvelopeNames.TraceState),
            Content = QueuedContent.OfCloudEvent(item),
        };
    }

    private static string Attribute(JsonElement item, string name) =>
        Optional(item, name) is { Length: > 0 } text ? text : throw Refusals.MalformedBody($"A CloudEvent on the inbox needs the attribute {name}, a text.");

    private static string? Optional(JsonElement item, string name) =>
        item.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.String && JsonKinds.TryText(member, out string text) ? text : null;
}
