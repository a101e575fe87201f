using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Json;
using Headwater.Log.Model;

namespace Headwater.Queues.Messages;

/// <summary>Why a message was given up, and the message: what stands on a poison queue as <c>{"version":1,"poison":{…},"body":"…"}</c>. Put back on its queue as it is, it is tried again.</summary>
public sealed record PoisonRecord
{
    /// <summary>The code of a message that was not given up but waits, too large to do so without a blob or understood too little to do so by itself.</summary>
    public const string Waiting = "waiting";

    /// <summary>32 hex digits: the second of the first enqueueing and a hash of the body, so that the same message given up twice is the same record.</summary>
    public required string Ref { get; init; }

    /// <summary>Where its body can be read: <c>appends</c> or <c>inbox</c>.</summary>
    public required string Queue { get; init; }

    /// <summary>Of the batch, if it got as far.</summary>
    public string? Id { get; init; }

    public string? Stream { get; init; }

    public required string Code { get; init; }

    public required string Reason { get; init; }

    /// <summary>When it was given up.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When it was first enqueued.</summary>
    public required DateTimeOffset Enqueued { get; init; }

    public static string RefOf(ReadOnlySpan<byte> body, DateTimeOffset enqueued)
    {
        byte[] hash = SHA256.HashData(body);
        return TimedId.Of(enqueued, System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash));
    }

    /// <param name="body">Text.</param>
    /// <param name="claim">Whether the body is left to the blob of <c>ClaimBlobs.MessageName</c>.</param>
    public byte[] Write(ReadOnlySpan<byte> body, bool claim)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(512 + body.Length);
        using (var json = new Utf8JsonWriter(buffer, WireJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteNumber(EnvelopeNames.Version, EnvelopeWriter.Version);
            json.WriteStartObject(EnvelopeNames.Poison);
            json.WriteString("ref", Ref);
            json.WriteString("queue", Queue);
            if (Id is not null)
                json.WriteString("id", Id);
            if (Stream is not null)
                json.WriteString("stream", Stream);
            json.WriteString("code", Code);
            if (Reason.Length > 0)
                json.WriteString("reason", Reason);
            json.WriteString("at", At.UtcDateTime);
            json.WriteString("enqueued", Enqueued.UtcDateTime);
            json.WriteEndObject();
            if (claim)
                json.WriteNumber(EnvelopeNames.Claim, body.Length);
            else
                json.WriteString(EnvelopeNames.Body, body);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Whether a message is such a record, well or badly made.</summary>
    public static bool IsOne(ReadOnlyMemory<byte> message)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(message);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(EnvelopeNames.Poison, out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <returns>Null if the message is not a poison record.</returns>
    /// <exception cref="HeadwaterException">MalformedBody, UnknownMember: it is one, and wrong.</exception>
    public static (PoisonRecord Record, byte[]? Body, int? Claim)? TryRead(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty(EnvelopeNames.Poison, out JsonElement poison) || poison.ValueKind != JsonValueKind.Object)
            return null;
        var outer = new EnvelopeMembers(message, [EnvelopeNames.Version, EnvelopeNames.Poison, EnvelopeNames.Body, EnvelopeNames.Claim]);
        var members = new EnvelopeMembers(poison, ["ref", "queue", "id", "stream", "code", "reason", "at", "enqueued"]);
        string reference = members.Required("ref");
        DateTimeOffset enqueued = members.Instant("enqueued") ?? throw Refusals.MalformedBody("The poison record lacks enqueued.");
        var record = new PoisonRecord
        {
            Ref = TimedId.IsWellFormed(reference) ? reference : throw Refusals.MalformedBody("The poison record's ref is not 32 hex digits."),
            Queue = members.Required("queue"),
            Id = members.Text("id"),
            Stream = members.Text("stream"),
            Code = members.Required("code"),
            Reason = members.Text("reason", 16_384) ?? "",
            At = members.Instant("at") ?? enqueued,
            Enqueued = enqueued,
        };
        int? claim = (int?)outer.Number(EnvelopeNames.Claim, 0, Limits.BodyBytes);
        byte[]? body = outer.Text(EnvelopeNames.Body, int.MaxValue) is { } text ? Encoding.UTF8.GetBytes(text) : null;
        return claim is null && body is null ? throw Refusals.MalformedBody("The poison record holds no message.") : (record, body, claim);
    }
}
