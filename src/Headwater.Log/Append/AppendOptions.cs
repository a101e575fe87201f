using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Producers;

namespace Headwater.Log.Append;

/// <summary>The conditions and identity of an append request; all optional.</summary>
public sealed record AppendOptions
{
    /// <summary>No identity and no condition: the append is unconditional, and a retry stores the events again.</summary>
    public static AppendOptions None { get; } = new();

    /// <summary>The request's key and digest. If set, a repeat of an equal request returns the first outcome and stores nothing.</summary>
    public RequestIdentity? Request { get; init; }

    /// <summary>The producer's id, epoch and sequence. If set, the request must touch one partition.</summary>
    public ProducerPosition? Producer { get; init; }

    /// <summary>
    /// Hash of the request's canonical body, stored with its batch. The same sequence with another digest is refused as SequenceReused. Null: repeats of the
    /// sequence are not compared, unless <see cref="Request"/> has the digest.
    /// </summary>
    public RequestDigest? Digest { get; init; }

    /// <summary>If set, appends only if this is the partition's log end offset; the request must touch one partition.</summary>
    public Offset? IfOffset { get; init; }
}

/// <summary>Recognises a repeat of a request. The same key with another digest is refused as IdempotencyKeyReused.</summary>
/// <param name="Key">Hash of the principal and its Idempotency-Key.</param>
/// <param name="Digest">Hash of the request's canonical body.</param>
public readonly record struct RequestIdentity(RequestKey Key, RequestDigest Digest);
