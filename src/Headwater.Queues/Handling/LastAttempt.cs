using Headwater.Log.Errors;
using Headwater.Log.Ports;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;

namespace Headwater.Queues.Handling;

/// <summary>
/// Records, before the last attempt that the host allows, that the host gives the message up. If the process ends in that attempt, no code of this app runs
/// any more: the host moves the message to the poison queue, and the list, the status and the time of the first enqueue are right already. If the attempt ends
/// in any other way, the record is taken back. Costs three or four table calls, and as many to take it back, for messages at their last attempt only.
/// </summary>
public sealed class LastAttempt(PoisonList list, QueuedStatuses statuses, QueueContext context)
{
    private const string Reason = "The host gave the message up: its process ended at every attempt.";

    /// <summary>The list entry of a message that the host gave up, as the message is found on its poison queue.</summary>
    /// <param name="queue">The queue that the message is from.</param>
    /// <param name="body">The message as received.</param>
    /// <param name="identity">What the message says of itself.</param>
    /// <param name="at">When it was given up.</param>
    /// <param name="enqueued">When it was first enqueued, unless the message itself says so.</param>
    public static PoisonRecord RecordOf(
        string queue, ReadOnlyMemory<byte> body, MessageIdentity identity, DateTimeOffset at, DateTimeOffset enqueued) => new()
        {
            Ref = identity.Ref ?? PoisonRecord.RuntimeRefOf(body.Span),
            Queue = queue,
            Id = identity.Id,
            Stream = identity.Stream,
            Code = PoisonRecord.Runtime,
            Reason = Reason,
            At = at,
            Enqueued = identity.Enqueued is { } first && first < enqueued ? first : enqueued,
        };

    /// <summary>Records that the message is given up. A failure of storage is logged, and the attempt is made all the same.</summary>
    /// <returns>What <see cref="EndAsync"/> takes back; null if nothing was recorded.</returns>
    public async Task<LastAttemptMark?> BeginAsync(string queue, ReadOnlyMemory<byte> body, DateTimeOffset enqueued, CancellationToken cancellation)
    {
        try
        {
            MessageIdentity identity = MessageIdentity.Of(queue, body);
            PoisonRecord record = RecordOf(queue, body, identity, context.Time.GetUtcNow(), enqueued);
            QueuedStatus? known = await statuses.FindUnfinishedAsync(identity, record.At, cancellation);
            if (known is not null)
            {
                await statuses.RecordAsync(known.GivenUp(record), cancellation);
            }

            string etag = await list.AddAsync(new PoisonEntry(record, PoisonWriter.Excerpt(body.Span)), cancellation);
            return new LastAttemptMark(record.Ref, etag, known is { State: AppendState.Queued } ? known : null);
        }
        catch (StorageException problem)
        {
            if (!StorageErrors.IsOutage(problem))
            {
                context.Logger.LastAttemptNotRecorded(queue, problem);
            }

            return null;
        }
    }

    /// <summary>
    /// Takes the record back, unless the message was given up in the attempt itself. A failure of storage is logged: the list then has an entry without a
    /// message, which <c>DELETE /appends/poison/{ref}</c> removes.
    /// </summary>
    public async Task EndAsync(LastAttemptMark mark, CancellationToken cancellation)
    {
        try
        {
            await list.RemoveAsync(mark.Ref, mark.ETag, cancellation);
            if (mark.Before is { } before && await statuses.FindAsync(before.Id, cancellation) is { State: AppendState.Poisoned, Code: PoisonRecord.Runtime })
            {
                await statuses.RecordAsync(before with { At = context.Time.GetUtcNow() }, cancellation);
            }
        }
        catch (StorageException problem)
        {
            context.Logger.LastAttemptNotTakenBack(mark.Ref, problem);
        }
    }
}

/// <summary>What was recorded before a last attempt.</summary>
/// <param name="Ref">The list entry.</param>
/// <param name="ETag">The version of the list entry that was written.</param>
/// <param name="Before">The status before, if it was changed.</param>
public sealed record LastAttemptMark(string Ref, string ETag, QueuedStatus? Before);
