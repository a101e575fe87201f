using Headwater.Contracts.Media;
using Headwater.Http.Routing;
using static Headwater.Contracts.Errors.ErrorCode;

namespace Headwater.Http.OpenApi;

/// <summary>What the routes of consumer groups take and answer.</summary>
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
        Parameters = ["If-None-Match"],
        Answers =
        [
            new(200, "Who is in it, what is committed, and how far behind.", new Content(MediaTypes.Json, "Group")) { Headers = ["ETag"] },
            new(304, "As the caller has it."),
        ],
        Errors = [InvalidName, ReservedName, StreamNotFound, GroupNotFound],
    };

    public static RouteContract Delete { get; } = new()
    {
        Id = "deleteGroup",
        Tag = "groups",
        Answers = [new(204, "Deleted with its offsets; its members are none any more.")],
        Errors = [InvalidName, ReservedName, StreamNotFound, GroupNotFound],
    };

    public static RouteContract Commit { get; } = new()
    {
        Id = "commitOffsets",
        Tag = "groups",
        Bodies = [new(MediaTypes.Json, "OffsetCommit")],
        Answers = [new(204, "All of it is committed.")],
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
        Answers = [new(200, "What the member may own now, and what it is to give up.", new Content(MediaTypes.Json, "MemberAnswer"))],
        Errors =
        [
            InvalidName, ReservedName, MalformedBody, UnknownMember, BodyTooLarge, UnsupportedMediaType, StreamNotFound, PartitionNotFound,
            MemberExpired, GroupChanged, StreamChanged,
        ],
    };

    public static RouteContract Leave { get; } = new()
    {
        Id = "leaveGroup",
        Tag = "groups",
        Parameters = ["memberGeneration"],
        Answers = [new(204, "It is no member any more; what it held is free.")],
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
}
