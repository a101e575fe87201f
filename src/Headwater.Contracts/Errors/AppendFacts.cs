using System.ComponentModel;
using System.Text.Json.Serialization;
using Headwater.Contracts.Text;

namespace Headwater.Contracts.Errors;

/// <summary>Facts of <see cref="ErrorCode.SequenceGap"/>.</summary>
public sealed record SequenceGapFacts(
    [property: Description("The sequence number that the partition expects next.")] long ExpectedSequence,
    [property: Description("The partition whose sequence has the gap: each counts its own.")] int Partition) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.SequenceReused"/>.</summary>
public sealed record SequenceReusedFacts([property: Description("The partition that stored other events under the sequence.")] int Partition) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.StaleEpoch"/>.</summary>
public sealed record StaleEpochFacts(
    [property: Description("The producer's newest epoch.")] int CurrentEpoch,
    [property: Description("The partition that the newest epoch has appended to.")] int Partition) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.EpochForgotten"/>.</summary>
public sealed record ProducerPartitionFacts([property: Description("The partition that has forgotten producers.")] int Partition) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.EventTooLarge"/>.</summary>
public sealed record EventIndexFacts([property: Description("The event's position in the request, from 0.")] int Index) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.AppendPartial"/> and <see cref="ErrorCode.AppendIncomplete"/>.</summary>
public sealed record AppendPartialFacts(
    [property: Description("The partitions that stored their events.")] IReadOnlyList<StoredShare> Partitions,
    [property: Description("The partitions that did not store their events, or may not have.")] IReadOnlyList<FailedShare> Failed) : ErrorFacts;

/// <summary>The events of a partially stored request that one partition stored.</summary>
public sealed record StoredShare(
    int Partition,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    [property: Description("The offset of the first event; null in a repeat if the partition no longer remembers it.")]
    long? BaseOffset,
    int Count);

/// <summary>The events of a partially stored request that one partition did not store, or may not have stored.</summary>
public sealed record FailedShare(
    int Partition,
    [property: Description("The events' positions in the request, from 0.")] IReadOnlyList<int> Events,
    [property: Description("The error code.")] string Code,
    bool Retryable,
    [property: AllowedNames("no", "partial", "unknown")] string Appended,
    string Detail);
