using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Clock;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Segments;
using Headwater.Log.Streams;

namespace Headwater.Log.Retention;

/// <summary>The outcome of a stream's retention.</summary>
/// <param name="Starts">By partition: the log start offset after retention. A partition that failed is missing.</param>
/// <param name="Deleted">By partition: number of segments deleted. A partition that failed is missing.</param>
/// <param name="NextAt">When the next segment will be too old; null if none will be before another segment is sealed.</param>
internal sealed record RetentionOutcome(IReadOnlyDictionary<PartitionId, Offset> Starts, IReadOnlyDictionary<PartitionId, int> Deleted, UnixMicros? NextAt)
{
    /// <summary>The first partition that is left; null if all are done.</summary>
    public int? Left { get; init; }
}

/// <summary>
/// Applies a stream's retention in three steps: choose the new log start of every partition, write all log starts to <c>stream.json</c> at once, then delete
/// the segments below them. A read below the log start fails with status 410 and the log start. A crash before the delete leaves only unreadable blobs, which
/// the next run deletes. A segment with a remembered request key is deleted only once its keys have expired.
/// </summary>
/// <param name="ports">Storage and clock.</param>
/// <param name="stream">The stream.</param>
/// <param name="partitions">Opens a partition.</param>
/// <param name="opener">Lists segments.</param>
/// <param name="attempt">Runs the work on one partition. May contain its errors; the partition then keeps its log start.</param>
/// <param name="slice">When it is over, no further partition is begun and no further segment deleted.</param>
internal sealed class StreamRetention(
    LogPorts ports,
    StreamDescription stream,
    Func<PartitionId, OpenPartition> partitions,
    PartitionOpener opener,
    Func<PartitionId, Func<Task>, Task> attempt,
    TimeSlice slice)
{
    private const int Attempts = 10;

    /// <summary>Partitions whose log starts move in one write, so that a slice that ends has moved what it chose.</summary>
    private const int GroupSize = 64;

    /// <summary>Segments that a group holds the listings of; a group with more ends early.</summary>
    private const int GroupFiles = 100_000;

    private readonly StreamStore _store = new(ports);

    private readonly Dictionary<PartitionId, Offset> _starts = [];

    private readonly Dictionary<PartitionId, int> _deleted = [];

    private readonly List<UnixMicros?> _nextAt = [];

    /// <summary>
    /// Applies the retention to the partitions from <paramref name="from"/> on; at least to one. Costs, per partition, one read of the log end and the calls of
    /// <see cref="PartitionRetention"/>; and per 64 partitions one read and one write if a log start moves.
    /// </summary>
    /// <returns>Null if the stream has no retention limits, and never had any that took effect.</returns>
    /// <exception cref="HeadwaterException">StreamNotFound; StreamChanged: the retention was changed, or the call lost every race.</exception>
    public async Task<RetentionOutcome?> RunAsync(int from, CancellationToken cancellation)
    {
        UnixMicros now = ports.Clock.Now();
        UnixMicros? changeAt = stream.RetentionChangesAt(now);
        RetentionSettings? inForce = stream.RetentionAt(now);
        if (inForce is null && stream.LogStarts.Values.All(start => start == Offset.Zero))
        {
            return changeAt is null ? null : Unchanged(changeAt);
        }

        // Without limits only segments below the log starts are deleted, which request keys may have kept until now.
        RetentionSettings retention = inForce ?? new RetentionSettings(null, null);

        int next = from;
        while (next < stream.Partitions && (next == from || !slice.IsOver))
        {
            int begun = next;
            next = await RunGroupAsync(begun, retention, cancellation);
            if (next == begun)
            {
                break; // The slice ended within the first partition.
            }
        }

        return new RetentionOutcome(_starts, _deleted, _nextAt.Append(changeAt).Where(t => t is not null).Min())
        {
            Left = next < stream.Partitions ? next : null,
        };
    }

    /// <returns>The first partition that is left.</returns>
    private async Task<int> RunGroupAsync(int from, RetentionSettings retention, CancellationToken cancellation)
    {
        var choices = new Dictionary<PartitionId, RetentionChoice>();
        int next = from;
        int end = Math.Min(from + GroupSize, stream.Partitions);
        for (int files = 0; next < end && (next == from || (!slice.IsOver && files < GroupFiles)); next++)
        {
            var id = new PartitionId(next);
            await attempt(id, async () => choices[id] = await ChooseAsync(id, retention, cancellation));
            files += choices.TryGetValue(id, out RetentionChoice? chosen) ? chosen.Files.Count : 0;
        }

        foreach ((PartitionId id, Offset start) in await MoveAsync(choices, cancellation))
        {
            _starts[id] = start;
        }

        foreach ((PartitionId id, RetentionChoice choice) in choices)
        {
            IReadOnlyList<SegmentFile> below = SegmentsBelow.Find(choice.Files, choice.DeletableTo(_starts[id]));
            await attempt(id, async () => _deleted[id] = await SegmentsBelow.DeleteAsync(ports.Blobs, below, slice, cancellation));
            _nextAt.Add(choice.NextAt);
            if (_deleted.TryGetValue(id, out int deleted) && deleted < below.Count)
            {
                return id.Value;
            }
        }

        return next;
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
            StoredStream? stored = await _store.ReadAsync(stream.Name, cancellation);
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
            if (await _store.WriteAsync(stream.Name, moved, Ports.WriteCondition.IfUnchanged(stored.ETag), cancellation))
            {
                return wanted.Keys.ToDictionary(k => k, moved.Describe(stream.Name).LogStart);
            }
        }

        throw new HeadwaterException(ErrorCode.StreamChanged, $"Stream '{stream.Name}' is being changed by other requests; retry.");
    }
}
