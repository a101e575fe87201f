using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Json;
using Headwater.Formats.Parsing;
using Headwater.Log.Ports;

namespace Headwater.Queues.Messages;

/// <summary>
/// The content of a poison queue message: <c>{"version":1,"poison":{…},"body":"…"}</c>, the reason together with the original message. If it is put on
/// queue <c>appends</c> unchanged, the original message is retried. On queue <c>inbox</c>, where other services write, a record is refused.
/// </summary>
public sealed record PoisonRecord
{
    /// <summary>The code of a message that is not given up but waits in this form: it is too large for a queue message, or it could not be parsed.</summary>
    public const string Waiting = "waiting";

    /// <summary>The code of a message that the host gave up, because its process ended at every attempt.</summary>
    public const string Runtime = "runtime";

    /// <summary>
    /// 32 hex digits: the second of the first enqueue time and a hash of the body, so that giving up the same message twice writes the same row.
    /// </summary>
    public required string Ref { get; init; }

    /// <summary>The queue whose format the body has: <c>appends</c> or <c>inbox</c>.</summary>
    public required string Queue { get; init; }

    /// <summary>The batch's id; null if the message could not be parsed.</summary>
    public string? Id { get; init; }

    /// <summary>The stream's name; null if the message could not be parsed.</summary>
    public string? Stream { get; init; }

    /// <summary>The error code.</summary>
    public required string Code { get; init; }

    /// <summary>The error message.</summary>
    public required string Reason { get; init; }

    /// <summary>When the message was given up.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When the message was first enqueued.</summary>
    public required DateTimeOffset Enqueued { get; init; }

    /// <summary>Whether the message is put back with <c>force=true</c>: its batch is appended without a search for it.</summary>
    public bool IsForced { get; init; }

    /// <summary>Computes <see cref="Ref"/>.</summary>
    public static string RefOf(ReadOnlySpan<byte> body, DateTimeOffset enqueued)
    {
        byte[] hash = SHA256.HashData(body);
        return TimedId.Of(enqueued, System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash));
    }

    /// <summary>
    /// Computes the <see cref="Ref"/> of a message that the host gave up. The host copies a message without its enqueue time, so the hash alone has to do: the
    /// first 8 digits are zero.
    /// </summary>
    public static string RuntimeRefOf(ReadOnlySpan<byte> body) => RefOf(body, DateTimeOffset.UnixEpoch);

    /// <summary>Writes the poison queue message.</summary>
    /// <param name="body">The original message.</param>
    public byte[] Write(ReadOnlySpan<byte> body) => Write(Encoding.UTF8.GetString(body), null);

    /// <summary>Writes the poison queue message without the original message, which is in the blob <c>ClaimBlobs.MessageName</c>.</summary>
    /// <param name="bytes">The length of the blob.</param>
    public byte[] WriteClaim(int bytes) => Write(null, bytes);

    /// <summary>Whether a message has the form of a poison record, valid or not.</summary>
    public static bool IsOne(ReadOnlyMemory<byte> message)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(message);
            return document.RootElement.ValueKind == JsonValueKind.Object && JsonKinds.TryMember(document.RootElement, PoisonFormat.Poison, out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads a poison record with its message.</summary>
    /// <returns>Null if the message is not a poison record.</returns>
    /// <exception cref="HeadwaterException">MalformedBody or UnknownMember: the poison record is invalid.</exception>
    public static (PoisonRecord Record, byte[]? Body, int? Claim)? TryRead(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object || !JsonKinds.TryMember(message, PoisonFormat.Poison, out JsonElement poison)
            || poison.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var outer = new EnvelopeMembers(message, PoisonFormat.Outer);
        var members = new EnvelopeMembers(poison, PoisonFormat.Inner);
        string reference = PoisonFormat.Ref.Require(members);
        DateTimeOffset enqueued = PoisonFormat.Enqueued.Read(members) ?? throw EnvelopeMembers.Lacks(PoisonFormat.Enqueued.Name);
        var record = new PoisonRecord
        {
            Ref = TimedId.IsWellFormed(reference) ? reference : throw EnvelopeMembers.Bad(PoisonFormat.Ref.Name, "32 hex digits"),
            Queue = QueueOf(members),
            Id = PoisonFormat.Id.Read(members),
            Stream = PoisonFormat.Stream.Read(members),
            Code = PoisonFormat.Code.Require(members),
            Reason = PoisonFormat.Reason.Read(members) ?? "",
            At = PoisonFormat.At.Read(members) ?? enqueued,
            Enqueued = enqueued,
            IsForced = EnvelopeFormat.Forced.Read(members),
        };
        int? claim = (int?)PoisonFormat.Claim.Read(outer);
        byte[]? body = PoisonFormat.Body.Read(outer) is { } text ? Encoding.UTF8.GetBytes(text) : null;
        return claim is null && body is null ? throw Refusals.MalformedBody("The poison record has neither body nor claim.") : (record, body, claim);
    }

    /// <summary>The same poison queue message, put back with <c>force=true</c>.</summary>
    /// <exception cref="HeadwaterException">MalformedBody or UnknownMember.</exception>
    public static ReadOnlyMemory<byte> Force(ReadOnlyMemory<byte> packed)
    {
        using JsonDocument document = JsonBodies.Parse(packed);
        if (TryRead(document.RootElement) is not { } found)
        {
            return packed;
        }

        PoisonRecord forced = found.Record with { IsForced = true };
        return found.Body is { } body ? forced.Write(body) : forced.WriteClaim(found.Claim!.Value);
    }

    private byte[] Write(string? body, int? claim)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(512 + (body?.Length ?? 0));
        using (var json = new Utf8JsonWriter(buffer, WireJson.WriterOptions))
        {
            json.WriteStartObject();
            EnvelopeFormat.Version.Write(json, EnvelopeWriter.Version);
            json.WriteStartObject(PoisonFormat.Poison);
            WriteReason(json);
            json.WriteEndObject();
            PoisonFormat.Claim.Write(json, claim);
            PoisonFormat.Body.Write(json, body);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static string QueueOf(EnvelopeMembers members) => PoisonFormat.Queue.Require(members) switch
    {
        StorageNames.AppendsQueue => StorageNames.AppendsQueue,
        StorageNames.InboxQueue => StorageNames.InboxQueue,
        _ => throw EnvelopeMembers.Bad(PoisonFormat.Queue.Name, $"{StorageNames.AppendsQueue} or {StorageNames.InboxQueue}"),
    };

    private void WriteReason(Utf8JsonWriter json)
    {
        PoisonFormat.Ref.Write(json, Ref);
        PoisonFormat.Queue.Write(json, Queue);
        PoisonFormat.Id.WriteCut(json, Id);
        PoisonFormat.Stream.WriteCut(json, Stream);
        PoisonFormat.Code.Write(json, Code);
        PoisonFormat.Reason.WriteCut(json, Reason);
        PoisonFormat.At.Write(json, At);
        PoisonFormat.Enqueued.Write(json, Enqueued);
        EnvelopeFormat.Forced.Write(json, IsForced);
    }
}
