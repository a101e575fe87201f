using Headwater.Contracts.Headers;
using Headwater.Contracts.Media;
using Headwater.Http.Routing;
using static Headwater.Contracts.Errors.ErrorCode;

namespace Headwater.Http.OpenApi;

/// <summary>The requests and responses of the consumer group routes.</summary>
internal static class GroupContracts
{
    public static RouteContract List { get; } = new()
    {
        Id = "listGroups",
        Tag = "groups",
        Parameters = ["groupsLimit", "groupsAfter"],
        Answers = [new(200, "Groups in name order.", new Content(MediaTypes.Json, "GroupList")) { Headers = ["Link"] }],
        Errors = [InvalidName, ReservedName, StreamNotFound],
    };

    public static RouteContract Get { get; } = new()
    {
        Id = "getGroup",
        Tag = "groups",
        Parameters = ["If-None-Match", HeaderNames.StreamId],
        Answers =
        [
            new(200, "The members, the committed offsets and the lag.", new Content(MediaTypes.Json, "Group")) { Headers = ["ETag", HeaderNames.StreamId] },
            new(304, "Not changed since the ETag."),
        ],
        Errors = [InvalidName, ReservedName, StreamNotFound, StreamReplaced, GroupNotFound],
    };

    public static RouteContract Delete { get; } = new()
    {
        Id = "deleteGroup",
        Tag = "groups",
        Parameters = ["forceDelete"],
        Answers = [new(204, "The group and its offsets are deleted.")],
        Errors = [InvalidName, ReservedName, StreamNotFound, GroupNotFound, GroupActive],
    };

    public static RouteContract Commit { get; } = new()
    {
        Id = "commitOffsets",
        Tag = "groups",
        Bodies = [new(MediaTypes.Json, "OffsetCommit")],
        Answers = [new(204, "All offsets are committed.")],
        Errors =
        [
            InvalidName, ReservedName, MalformedBody, UnknownMember, BodyTooLarge, UnsupportedMediaType, StreamNotFound, PartitionNotFound,
            OffsetBeyondEnd, MemberExpired, PartitionLost, PartitionHeld, CommitBehind, GroupChanged, StreamChanged,
        ],
    };

    public static RouteContract Join { get; } = new()
    {
        Id = "joinGroup",
        Tag = "groups",
        Bodies = [new(MediaTypes.Json, "MemberBeat")],
        Answers = [new(200, "The partitions that the member may own, and those that it must release.", new Content(MediaTypes.Json, "MemberAnswer"))],
        Errors =
        [
            InvalidName, ReservedName, MalformedBody, UnknownMember, BodyTooLarge, UnsupportedMediaType, StreamNotFound, PartitionNotFound,
            MemberExpired, GroupChanged, GroupFull, StreamChanged,
        ],
    };

    public static RouteContract Leave { get; } = new()
    {
        Id = "leaveGroup",
        Tag = "groups",
        Parameters = ["memberGeneration"],
        Answers = [new(204, "The member has left; its partitions are free.")],
        Errors = [InvalidName, ReservedName, StreamNotFound, GroupNotFound, MemberExpired, GroupChanged],
    };

    public static RouteContract Reset { get; } = new()
    {
        Id = "resetOffsets",
        Tag = "groups",
        Bodies = [new(MediaTypes.Json, "OffsetReset")],
        Answers = [new(200, "Each partition's offset before and after.", new Content(MediaTypes.Json, "OffsetResetAnswer"))],
        Errors =
        [
            InvalidName, ReservedName, MalformedBody, UnknownMember, BodyTooLarge, UnsupportedMediaType, StreamNotFound, GroupNotFound, PartitionNotFound,
            GroupActive, GroupChanged, StreamChanged, CorruptSegment,
        ],
    };

    public static RouteContract ForceReset { get; } = Reset with
    {
        Id = "forceResetOffsets",
        Answers =
        [
            new(200, "Each partition's offset before and after. Live members must join again.", new Content(MediaTypes.Json, "OffsetResetAnswer")),
        ],
        Errors = [.. Reset.Errors.Except([GroupActive])],
    };
}
