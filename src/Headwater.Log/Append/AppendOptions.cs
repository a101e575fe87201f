using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Producers;

namespace Headwater.Log.Append;

/// <summary>The conditions and identity of an append request; all optional.</summary>
public sealed record AppendOptions
{
    public static AppendOptions None { get; } = new();

    /// <summary>SHA-256 prefix of principal and Idempotency-Key, with the digest of the canonical body.</summary>
    public RequestIdentity? Request { get; init; }

    /// <summary>The sequenced producer the request belongs to.</summary>
    public ProducerPosition? Producer { get; init; }

    /// <summary>Append only if this is the log end offset of the one partition touched.</summary>
    public Offset? IfOffset { get; init; }
}

public readonly record struct RequestIdentity(RequestKey Key, RequestDigest Digest);
