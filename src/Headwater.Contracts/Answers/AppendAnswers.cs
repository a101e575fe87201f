using System.ComponentModel;
using Headwater.Contracts.Text;

namespace Headwater.Contracts.Answers;

/// <summary>Events that are stored.</summary>
public sealed record AppendedAnswer(
    int Count,
    IReadOnlyList<PartitionShare> Partitions,
    [property: Description(
        "Only with Prefer: return=representation: [partition, offset] of every event in request order. "
        + "In a repeat, the offset is null if the partition no longer remembers it.")]
    IReadOnlyList<IReadOnlyList<long?>>? Offsets);

/// <summary>The events of a request that one partition stored.</summary>
public sealed record PartitionShare(
    int Partition,
    [property: Description("The first event's offset; absent in a repeat if the partition no longer remembers it.")] long? BaseOffset,
    int Count);

/// <summary>Events that are queued and will be appended later.</summary>
public sealed record AppendAcceptedAnswer(
    [property: Description("The id for GET /appends/{id}.")] string Id,
    [property: AllowedNames("queued")] string Status,
    string Stream,
    int Count);

/// <summary>The state of a queued batch.</summary>
public sealed record AppendStatusAnswer(
    string Id,
    [property: AllowedNames("queued", "appended", "poisoned")] string Status,
    [property: Description("Absent while the batch is queued and no process has handled it.")] string? Stream,
    [property: Description("When this state was recorded; while no process has handled the batch, when it was accepted.")] DateTime At,
    int? Count,
    IReadOnlyList<PartitionShare>? Partitions,
    [property: Description("The error code of a poisoned batch.")] string? Code,
    string? Reason);

/// <summary>A page of poisoned messages: they failed and will not be retried.</summary>
public sealed record PoisonListAnswer(
    IReadOnlyList<PoisonAnswer> Messages,
    [property: Description("The value of after that gets the next page; absent on the last page.")] string? Next);

/// <summary>A poisoned message.</summary>
public sealed record PoisonAnswer(
    [property: Description("The ref for POST /appends/poison/redrive and DELETE /appends/poison/{ref}.")] string Ref,
    [property: AllowedNames("appends", "inbox")] string Queue,
    [property: Description("The batch's id.")] string? Id,
    string? Stream,
    [property: Description("An error code, or runtime if the host stopped retrying the message.")] string Code,
    string Reason,
    [property: Description("When the message was poisoned.")] DateTime At,
    [property: Description("When the message was first queued. The same as at if the host poisoned a message of the inbox that never reached this app.")]
    DateTime Enqueued,
    [property: Description("The message's first 512 characters.")] string Excerpt);

/// <summary>Messages that were put back on their queues.</summary>
public sealed record RedrivenAnswer(int Redriven, IReadOnlyList<string> Refs);

/// <summary>A producer's new epoch.</summary>
public sealed record ProducerStartAnswer(string Producer, int Epoch, IReadOnlyList<NextSequenceAnswer> Partitions);

/// <summary>The next sequence number of a producer in a partition.</summary>
public sealed record NextSequenceAnswer(int Partition, long NextSequence);
