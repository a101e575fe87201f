using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Append;
using Headwater.Log.Producers;
using Headwater.Simulation.History;

namespace Headwater.Simulation.Workload;

/// <summary>A request as its client intends it; every attempt sends the same draft.</summary>
internal sealed record AppendDraft(long Request, IReadOnlyList<SentEvent> Events)
{
    public int Padding { get; init; }

    /// <summary>The target partition; null to partition by key.</summary>
    public int? Target { get; init; }

    public RequestIdentity? Identity { get; init; }

    public bool ReusesKey { get; init; }

    /// <summary>Hash of the body, which is stored with a sequenced request that has no key.</summary>
    public RequestDigest? Digest { get; init; }

    public bool ReusesSequence { get; init; }

    /// <summary>If set, the log is searched for the request before each append: it was not appended before this time.</summary>
    public DateTimeOffset? Since { get; init; }

    public ProducerStamp? Producer { get; init; }

    /// <summary>The <c>streamId</c> that the request requires.</summary>
    public string? OnlyStreamId { get; init; }

    public long? IfOffset { get; init; }

    public PartitionId? TargetPartition => Target is { } target ? new PartitionId(target) : null;

    public string? UnkeyedGoBy => Identity?.Key.ToString();

    public AppendOptions Options => new()
    {
        Request = Identity,
        Digest = Digest,
        Producer = Producer is { } p ? new ProducerPosition(p.Id, new ProducerEpoch(p.Epoch), new SequenceNumber(p.Sequence)) : null,
        IfOffset = IfOffset is { } offset ? new Offset(offset) : null,
    };
}
