using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Headwater.Contracts.Answers;

/// <summary>A page of consumer groups.</summary>
public sealed record GroupListAnswer(
    IReadOnlyList<GroupNameAnswer> Groups,
    [property: Description("The value of after that gets the next page; absent on the last page.")] string? Next);

/// <summary>The name of a consumer group.</summary>
public sealed record GroupNameAnswer(string Group);

/// <summary>A consumer group.</summary>
public sealed record GroupAnswer(
    string Group,
    long Generation,
    IReadOnlyList<GroupMemberAnswer> Members,
    [property: Description("One entry per partition that has a committed offset.")] IReadOnlyList<GroupOffsetAnswer> Offsets,
    [property: Description("The sum of the partitions' lags.")] long Lag,
    [property: Description("The sum of the partitions' lost.")] long Lost);

/// <summary>A member and the partitions that it holds.</summary>
public sealed record GroupMemberAnswer(string Member, IReadOnlyList<int> Partitions);

/// <summary>A group's position in a partition.</summary>
public sealed record GroupOffsetAnswer(
    int Partition,
    [property: Description("The offset of the next event to read.")] long Offset,
    string? Metadata,
    [property: Description("If above offset, retention deleted events that the group had not read, and the next read gets 410.")] long LogStartOffset,
    [property: Description("The next offset to be assigned; up to 2 seconds old.")] long LogEndOffset,
    [property: Description("What can still be read: the number of offsets from offset or logStartOffset, whichever is greater, to logEndOffset.")] long Lag,
    [property: Description("What retention deleted unread: the number of offsets from offset to logStartOffset; 0 if offset is not below it.")] long Lost);

/// <summary>The answer to a join or heartbeat: the partitions that the member may work on.</summary>
public sealed record MemberBeatAnswer(
    string Member,
    [property: Description("Send it with the next heartbeat, and with commits of events read after this answer.")] long Generation,
    [property: Description("The partitions that the member may work on.")] IReadOnlyList<int> Partitions,
    [property: Description("Finish the work on these partitions, commit, and leave them out of the next owned.")] IReadOnlyList<int> Release,
    [property: Description("Where to start reading. A partition without an entry has no committed offset.")] IReadOnlyList<CommittedOffsetAnswer> Offsets,
    [property: Description("How long to wait before the next heartbeat (ISO 8601).")] string Heartbeat,
    string SessionTimeout,
    [property: Description("true: a new session began; count it from when this request was sent. false: the previous session continues.")] bool Renewed);

/// <summary>A committed offset.</summary>
public sealed record CommittedOffsetAnswer(
    int Partition,
    [property: Description("The offset of the next event to read.")] long Offset,
    string? Metadata);

/// <summary>The result of an offset reset.</summary>
public sealed record OffsetResetAnswer(
    long Generation,
    [property: Description("false: a dry run; nothing changed.")] bool Applied,
    IReadOnlyList<ResetOffsetAnswer> Offsets);

/// <summary>A partition's offset before and after a reset.</summary>
public sealed record ResetOffsetAnswer(
    int Partition,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? Before,
    long Offset);
