using System.ComponentModel;
using Headwater.Contracts.Text;

namespace Headwater.Contracts.Answers;

/// <summary>Events that are stored.</summary>
public sealed record AppendedAnswer(
    int Count,
    IReadOnlyList<PartitionShare> Partitions,
    [property: Description(
        "With Prefer: return=representation, [partition, offset] of every event in request order. "
        + "The offset is null for a repeat too old to be remembered in full.")]
    IReadOnlyList<IReadOnlyList<long?>>? Offsets);

/// <summary>The events of a request that one partition stored.</summary>
public sealed record PartitionShare(
    int Partition,
    [property: Description("Of the first event; absent for a repeat too old to be remembered in full.")] long? BaseOffset,
    int Count);

/// <summary>Events that are on a queue.</summary>
public sealed record AppendAcceptedAnswer(
    [property: Description("For GET /appends/{id}.")] string Id,
    [property: AllowedNames("queued")] string Status,
    string Stream,
    int Count);

/// <summary>What became of a batch on a queue.</summary>
public sealed record AppendStatusAnswer(
    string Id,
    [property: AllowedNames("queued", "appended", "poisoned")] string Status,
    string Stream,
    [property: Description("When this was recorded.")] DateTime At,
    int? Count,
    IReadOnlyList<PartitionShare>? Partitions,
    [property: Description("Why it was given up.")] string? Code,
    string? Reason);

/// <summary>A page of messages that were given up.</summary>
public sealed record PoisonListAnswer(
    IReadOnlyList<PoisonAnswer> Messages,
    [property: Description("Give it as after for the next page; absent on the last.")] string? Next);

/// <summary>A message that was given up.</summary>
public sealed record PoisonAnswer(
    [property: Description("For POST /appends/poison/redrive and DELETE /appends/poison/{ref}.")] string Ref,
    [property: AllowedNames("appends", "inbox")] string Queue,
    [property: Description("Of the batch.")] string? Id,
    string? Stream,
    [property: Description("An error code, or runtime: the host gave the message up.")] string Code,
    string Reason,
    [property: Description("When it was given up.")] DateTime At,
    [property: Description("When it was first put on a queue. If the host gave up a message of the inbox that never reached this app: as in at.")]
    DateTime Enqueued,
    [property: Description("Its first 512 characters.")] string Excerpt);

/// <summary>Messages that are back on their queues.</summary>
public sealed record RedrivenAnswer(int Redriven, IReadOnlyList<string> Refs);

/// <summary>A producer's new epoch.</summary>
public sealed record ProducerStartAnswer(string Producer, int Epoch, IReadOnlyList<NextSequenceAnswer> Partitions);

/// <summary>Where a producer's sequence goes on in a partition.</summary>
public sealed record NextSequenceAnswer(int Partition, long NextSequence);
