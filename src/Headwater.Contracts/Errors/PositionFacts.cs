using System.ComponentModel;

namespace Headwater.Contracts.Errors;

/// <summary>Facts of <see cref="ErrorCode.OffsetBelowStart"/>.</summary>
public sealed record LogStartFacts([property: Description("The first offset that can be read.")] long LogStartOffset) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.OffsetBelowStart"/> of a read of several partitions.</summary>
public sealed record PartitionStartFacts(int Partition, [property: Description("The first offset that can be read.")] long LogStartOffset) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.OffsetMismatch"/>, and of <see cref="ErrorCode.OffsetBeyondEnd"/> of a read.</summary>
public sealed record LogEndFacts([property: Description("The next offset to be assigned.")] long LogEndOffset) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.OffsetBeyondEnd"/> of a commit, and of a read of several partitions.</summary>
public sealed record PartitionEndFacts(int Partition, [property: Description("The next offset to be assigned.")] long LogEndOffset) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.PartitionNotFound"/>.</summary>
public sealed record PartitionCountFacts([property: Description("How many partitions the stream has.")] int Partitions) : ErrorFacts;

/// <summary>Facts of <see cref="ErrorCode.StreamReplaced"/>.</summary>
public sealed record StreamIdFacts([property: Description("The id of the stream that has the name now.")] string StreamId) : ErrorFacts;
