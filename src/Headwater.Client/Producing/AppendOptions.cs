using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>How one request is appended.</summary>
public sealed record AppendOptions
{
    /// <summary>
    /// Names the request: a repeat with the same key and events, even by another process, stores nothing twice while the partition remembers the key: one hour,
    /// up to 3.6 million keys. 1 to 255 characters. Events get no <c>traceparent</c> of their own, so that a repeat has the same bytes. Null: a random key, so
    /// that the client's own repeats store nothing twice.
    /// </summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The partition. Null: each event goes to the partition of its key.</summary>
    public PartitionId? Partition { get; init; }

    /// <summary>Appends only if this is the log end offset of the one partition that the request touches.</summary>
    public Offset? IfOffset { get; init; }

    /// <summary>Appends only to the stream with this id. Null: to any stream of the name.</summary>
    public string? StreamId { get; init; }
}
