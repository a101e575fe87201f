using System.ComponentModel;

namespace Headwater.Contracts.Errors;

/// <summary>Facts of <see cref="ErrorCode.MemberExpired"/>.</summary>
public sealed record GenerationFacts([property: Description("The group's current generation.")] long Generation) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.PartitionLost"/> and <see cref="ErrorCode.PartitionHeld"/>.</summary>
public sealed record PartitionsFacts(
    [property: Description("The group's current generation.")] long Generation,
    [property: Description("The partitions that the member does not own, or that another member owns.")] IReadOnlyList<int> Partitions) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.GroupActive"/>.</summary>
public sealed record GroupActiveFacts(
    [property: Description("The group's current generation.")] long Generation,
    [property: Description("The live members.")] IReadOnlyList<string> Members) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.CommitBehind"/>.</summary>
public sealed record CommittedFacts(
    [property: Description("The partitions whose committed offset is beyond the request.")] IReadOnlyList<PartitionOffset> Offsets) : ErrorFacts;

/// <summary>An offset of a partition.</summary>
public sealed record PartitionOffset(int Partition, long Offset);
