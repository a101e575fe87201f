using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Streams;

namespace Headwater.Log.Retention;

/// <summary>The outcome of a stream's retention.</summary>
/// <param name="Starts">By partition: the log start offset after retention. A partition that failed is missing.</param>
/// <param name="Deleted">By partition: number of segments deleted. A partition that failed is missing.</param>
/// <param name="NextAt">When the next segment will be too old; null if none will be before another segment is sealed.</param>
internal sealed record RetentionOutcome(IReadOnlyDictionary<PartitionId, Offset> Starts, IReadOnlyDictionary<PartitionId, int> Deleted, UnixMicros? NextAt);

/// <summary>
/// Applies a stream's retention in three steps: choose the new log start of every partition, write all log starts to <c>stream.json</c> at once, then delete
/// the segments below them. A read below the log start fails with status 410 and the log start. A crash before the delete leaves only unreadable blobs, which
/// the next run deletes. A segment with a remembered request key is deleted only once its keys have expired.
/// </summary>
/// <param name="ports">Storage and clock.</param>
/// <param name="store">Reads and writes <c>stream.json</c>.</param>
/// <param name="stream">The stream.</param>
/// <param name="partitions">Opens a partition.</param>
/// <param name="opener">Lists segments.</param>
/// <param name="attempt">Runs the work on one partition. May contain its errors; the partition then keeps its log start.</param>
internal sealed class StreamRetention(
    LogPorts ports,
    StreamStore store,
    StreamDescription stream,
    Func<PartitionId, OpenPartition> partitions,
    PartitionOpener opener,
    Func<PartitionId, Func<Task>, Task> attempt)
{
    private const int Attempts = 10;

    /// <summary>
    /// Applies the retention. Costs, per partition, one read of the log end and the calls of <see cref="PartitionRetention"/>; and one read and one write if a
    /// log start moves.
    /// </summary>
    /// <returns>Null if the stream has no retention limits.</returns>
    /// <exception cref="HeadwaterException">StreamNotFound; StreamChanged: the retention was changed, or the call lost every race.</exception>
    public async Task<RetentionOutcome?> RunAsync(CancellationToken cancellation)
    {
        UnixMicros now = ports.Clock.Now();
        UnixMicros? changeAt = stream.RetentionChangesAt(now);
        if (stream.RetentionAt(now) is not { } retention)
        {
            return changeAt is null ? null : Unchanged(changeAt);
        }

        var choices = new Dictionary<PartitionId, RetentionChoice>();
        for (int i = 0; i < stream.Partitions; i++)
        {
            var id = new PartitionId(i);
            await attempt(id, async () => choices[id] = await ChooseAsync(id, retention, cancellation));
        }

        IReadOnlyDictionary<PartitionId, Offset> starts = await MoveAsync(choices, cancellation);
        var deleted = new Dictionary<PartitionId, int>();
        foreach ((PartitionId id, RetentionChoice choice) in choices)
        {
            await attempt(
                id,
                async () => deleted[id] = await SegmentsBelow.DeleteAsync(ports.Blobs, choice.Files, choice.DeletableTo(starts[id]), cancellation));
        }

        return new RetentionOutcome(starts, deleted, choices.Values.Select(c => c.NextAt).Append(changeAt).Where(t => t is not null).Min());
    }

    /// <summary>The stream keeps every event until its retention takes effect.</summary>
    private RetentionOutcome Unchanged(UnixMicros? nextAt)
    {
        PartitionId[] partitions = [.. Enumerable.Range(0, stream.Partitions).Select(p => new PartitionId(p))];
        return new RetentionOutcome(partitions.ToDictionary(p => p, stream.LogStart), partitions.ToDictionary(p => p, _ => 0), nextAt);
    }

    private async Task<RetentionChoice> ChooseAsync(PartitionId id, RetentionSettings retention, CancellationToken cancellation)
    {
        OpenPartition partition = partitions(id);
        PartitionTail tail = await partition.FreshTailAsync(cancellation);
        return await new PartitionRetention(ports, partition.Place, opener).ChooseAsync(retention, stream.LogStart(id), tail, cancellation);
    }

    /// <summary>Raises the log starts in <c>stream.json</c>.</summary>
    /// <returns>The log starts after the write, which may be higher than the wanted ones.</returns>
    private async Task<IReadOnlyDictionary<PartitionId, Offset>> MoveAsync(Dictionary<PartitionId, RetentionChoice> choices, CancellationToken cancellation)
    {
        var wanted = choices.ToDictionary(c => c.Key, c => c.Value.LogStart);
        if (wanted.All(w => w.Value <= stream.LogStart(w.Key)))
        {
            return wanted;
        }

        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            StoredStream? stored = await store.ReadAsync(stream.Name, cancellation);
            if (stored is null || stored.Document.State != StreamDocument.Active || stored.Document.StreamId != stream.StreamId)
            {
                throw StreamStore.NotFound(stream.Name);
            }

            StreamDescription current = stored.Document.Describe(stream.Name);
            if (current.Settings.Retention != stream.Settings.Retention || current.RetentionDelay != stream.RetentionDelay)
            {
                // The new setting applies from the moment its change is acknowledged: delete nothing by the old setting.
                throw new HeadwaterException(ErrorCode.StreamChanged, $"The retention of stream '{stream.Name}' was changed during this run; retry.");
            }

            StreamDocument moved = stored.Document.WithLogStarts(wanted);
            if (await store.WriteAsync(stream.Name, moved, Ports.WriteCondition.IfUnchanged(stored.ETag), cancellation))
            {
                return wanted.Keys.ToDictionary(k => k, moved.Describe(stream.Name).LogStart);
            }
        }

        throw new HeadwaterException(ErrorCode.StreamChanged, $"Stream '{stream.Name}' is being changed by other requests; retry.");
    }
}
