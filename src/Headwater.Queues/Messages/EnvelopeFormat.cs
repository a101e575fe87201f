using System.Text.Json;
using Headwater.Log.Model;

namespace Headwater.Queues.Messages;

/// <summary>
/// The members of messages, each declared once with its least and greatest length or value. Writer and reader share the declarations, so whatever is written
/// is read. The format is persisted: names and meanings never change, and bounds are never narrowed.
/// </summary>
internal static class EnvelopeFormat
{
    public static NumberMember Version { get; } = new("version", 0, int.MaxValue);

    /// <summary>The id of a batch that this app made.</summary>
    public static HexMember Id { get; } = new("id");

    /// <summary>The id of a batch that a sender chose.</summary>
    public static TextMember SentId { get; } = new("id", 255);

    public static TextMember Stream { get; } = new("stream", 256);

    public static TextMember StreamId { get; } = new("streamId", 64);

    public static NumberMember Partition { get; } = new("partition", 0, int.MaxValue);

    public static TextMember PartitionBy { get; } = new("partitionBy", 1_024);

    public static HexMember Key { get; } = new("key");

    public static HexMember Digest { get; } = new("digest");

    public static TextMember Producer { get; } = new("producer", 128);

    public static NumberMember Epoch { get; } = new("epoch", 1, int.MaxValue);

    public static NumberMember Sequence { get; } = new("sequence", 0, long.MaxValue);

    public static FlagMember Inbox { get; } = new("inbox");

    /// <summary>An operator appends the batch knowingly, though the log no longer shows whether it is appended.</summary>
    public static FlagMember Forced { get; } = new("forced");

    /// <summary>Version 00 of W3C Trace Context has 55 characters; later versions may have more.</summary>
    public static TextMember TraceParent { get; } = new("traceparent", 128) { IsDroppedIfUnfit = true };

    /// <summary>W3C Trace Context requires at least 512 characters to be propagated.</summary>
    public static TextMember TraceState { get; } = new("tracestate", 512) { IsDroppedIfUnfit = true };

    public static InstantMember Enqueued { get; } = new("enqueued");

    /// <summary>When the batch's status and blob were last written, if it has waited for a day or more.</summary>
    public static InstantMember Kept { get; } = new("kept");

    public static NumberMember Attempts { get; } = new("attempts", 0, int.MaxValue);

    /// <summary>Seconds.</summary>
    public static NumberMember Waited { get; } = new("waited", 0, int.MaxValue);

    public static NumberMember Expected { get; } = new("expected", 0, long.MaxValue);

    /// <summary>Bytes of the blob that contains the events.</summary>
    public static NumberMember Claim { get; } = new("claim", 1, Limits.BodyBytes);

    /// <summary>Names the blob: this app draws it at random when a waiting batch becomes too large for its message.</summary>
    public static HexMember Token { get; } = new("token");

    public static ElementMember Events { get; } = new("events", JsonValueKind.Array);

    public static ElementMember CloudEvent { get; } = new("cloudEvent", JsonValueKind.Object);

    /// <summary>Members that other services may use on the inbox.</summary>
    public static IReadOnlyList<string> Public { get; } =
    [
        Version.Name, SentId.Name, Stream.Name, StreamId.Name, Partition.Name, Producer.Name, Epoch.Name, Sequence.Name, TraceParent.Name, TraceState.Name,
        Events.Name,
    ];

    /// <summary>Members that the app uses on its own queue.</summary>
    public static IReadOnlyList<string> Own { get; } =
    [
        .. Public, PartitionBy.Name, Key.Name, Digest.Name, Inbox.Name, Enqueued.Name, Kept.Name, Attempts.Name, Waited.Name, Expected.Name,
        Claim.Name, Token.Name, CloudEvent.Name, Forced.Name,
    ];
}

/// <summary>The members of a poison record, declared like those of <see cref="EnvelopeFormat"/>.</summary>
internal static class PoisonFormat
{
    public const string Poison = "poison";

    public static TextMember Ref { get; } = new("ref", TimedId.Length);

    public static TextMember Queue { get; } = new("queue", 63);

    // A sender chooses id and stream, and errors quote what a sender wrote: these are cut where the record is written.
    public static TextMember Id { get; } = new("id", 1_024);

    public static TextMember Stream { get; } = new("stream", 1_024);

    public static TextMember Code { get; } = new("code", 1_024);

    public static TextMember Reason { get; } = new("reason", 16_384);

    public static InstantMember At { get; } = new("at");

    public static InstantMember Enqueued { get; } = new("enqueued");

    /// <summary>Any text, also the empty one: it is whatever was received.</summary>
    public static TextMember Body { get; } = new("body", int.MaxValue) { IsEmptyKept = true };

    /// <summary>Bytes of the blob that contains the body.</summary>
    public static NumberMember Claim { get; } = new("claim", 0, Limits.BodyBytes);

    public static IReadOnlyList<string> Outer { get; } = [EnvelopeFormat.Version.Name, Poison, Body.Name, Claim.Name];

    public static IReadOnlyList<string> Inner { get; } = [
        Ref.Name, Queue.Name, Id.Name, Stream.Name, Code.Name, Reason.Name, At.Name, Enqueued.Name, EnvelopeFormat.Forced.Name,
    ];
}
