using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Headwater.Contracts.Answers;

/// <summary>A page of consumer groups.</summary>
public sealed record GroupListAnswer(
    IReadOnlyList<GroupNameAnswer> Groups,
    [property: Description("Give it as after for the next page; absent on the last.")] string? Next);

/// <summary>The name of a consumer group.</summary>
public sealed record GroupNameAnswer(string Group);

/// <summary>A consumer group.</summary>
public sealed record GroupAnswer(
    string Group,
    long Generation,
    IReadOnlyList<GroupMemberAnswer> Members,
    [property: Description("Of partitions with a committed offset.")] IReadOnlyList<GroupOffsetAnswer> Offsets,
    [property: Description("The sum.")] long Lag);

/// <summary>A member and what it holds.</summary>
public sealed record GroupMemberAnswer(string Member, IReadOnlyList<int> Partitions);

/// <summary>A group's position in a partition.</summary>
public sealed record GroupOffsetAnswer(
    int Partition,
    [property: Description("The next one to read.")] long Offset,
    string? Metadata,
    [property: Description("Above the offset: retention has taken what the group has not read, and the next read says 410.")] long LogStartOffset,
    [property: Description("At most two seconds old.")] long LogEndOffset,
    [property: Description("Events still to come: from the offset or the log start, whichever is later.")] long Lag);

/// <summary>What a member may work on.</summary>
public sealed record MemberBeatAnswer(
    string Member,
    [property: Description("For the next heartbeat, and for commits of what is read from now on.")] long Generation,
    [property: Description("What the member may work on.")] IReadOnlyList<int> Partitions,
    [property: Description("Finish, commit, and leave these out of the next owned.")] IReadOnlyList<int> Release,
    [property: Description("Where to go on reading; a partition that is not here was never committed.")] IReadOnlyList<CommittedOffsetAnswer> Offsets,
    [property: Description("How soon to ask again.")] string Heartbeat,
    string SessionTimeout,
    [property: Description("The session started again when this request was sent.")] bool Renewed);

/// <summary>A committed offset.</summary>
public sealed record CommittedOffsetAnswer(
    int Partition,
    [property: Description("The next one to read.")] long Offset,
    string? Metadata);

/// <summary>What a reset did.</summary>
public sealed record OffsetResetAnswer(
    long Generation,
    [property: Description("False for a dry run.")] bool Applied,
    IReadOnlyList<ResetOffsetAnswer> Offsets);

/// <summary>A partition's offset before and after a reset.</summary>
public sealed record ResetOffsetAnswer(
    int Partition,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? Before,
    long Offset);
