using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>
/// Writes a partition's checkpoint before the tail is too far past the last one, and publishes the partition's positions. By default costs one blob write and
/// one row write per 4 MiB, per 1,000 AppendBlocks and per new segment. Runs in parallel with appends; appends never wait for it.
/// A blob that could not be written is tried again after 2 appends, then 4 and so on. A row that could not be written is tried again after a second, then two
/// and so on, without the blob: the blob that is written counts.
/// </summary>
internal sealed class Checkpointer(
    PartitionPlace place, CheckpointStore store, PublishedPositions positions, LogOptions options, TimeProvider time, IPartitionHold hold)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    // Not synchronised, because a checkpoint is a cache. If an append and maintenance write at the same time, the condition on the ETag lets one of them
    // succeed. The most that a lost or torn update of these fields can cause is a checkpoint too many, or one that is an append or an interval late.
    private Task _writing = Task.CompletedTask;

    private TailPosition? _last;

    private string? _etag;

    private int _failures;

    private int _skipped;

    /// <summary>The tail to which this process has appended since a write was last considered; null if it has not.</summary>
    private PartitionTail? _appendedTo;

    private PositionRow? _unpublished;

    private long? _failedAt;

    private TimeSpan _pause = FirstPause;

    /// <summary>Takes the checkpoint from which the partition was opened as the last one.</summary>
    public void Opened(OpenedPartition opened)
    {
        _etag = opened.CheckpointTag;
        _last = opened.Checkpointed;
        _appendedTo = null;
    }

    /// <summary>Starts a write if one is due and none is running. Does not wait for it.</summary>
    public void WriteIfDue(StreamDescription stream, PartitionTail tail)
    {
        _appendedTo = tail;
        if (!_writing.IsCompleted)
        {
            return;
        }

        if (IsDue(tail.Position))
        {
            _writing = hold.WhileAsync(() => TryWriteAsync(stream, tail));
        }
        else if (IsPublishDue)
        {
            _writing = hold.WhileAsync(TryPublishAsync);
        }
    }

    /// <summary>
    /// Starts a write that became due while the last one was running, before the partition is dropped. At most one after each append, so that a partition whose
    /// checkpoint cannot be written is dropped all the same. What a reader found is left to the process that appended it.
    /// </summary>
    public void WriteIfOwed(StreamDescription stream)
    {
        if (_appendedTo is { } tail)
        {
            WriteIfDue(stream, tail);
            _appendedTo = null;
        }
    }

    /// <summary>Waits for a running write, then writes a checkpoint if the tail is past the last one, and the row if it is not written.</summary>
    /// <exception cref="StorageException">The write failed or its outcome is unknown. Either is harmless.</exception>
    /// <returns>Whether the tail was past the last one.</returns>
    public async Task<bool> WriteAsync(StreamDescription stream, PartitionTail tail, CancellationToken cancellation)
    {
        await _writing;
        bool isBehind = tail.Position.Next != _last?.Next;
        if (isBehind)
        {
            await WriteNowAsync(stream, tail, cancellation);
        }

        await PublishAsync(cancellation);
        return isBehind;
    }

    private bool IsPublishDue => _unpublished is not null && (_failedAt is not { } failed || time.GetElapsedTime(failed) >= _pause);

    /// <summary>A checkpoint is due at half of each limit, because appends continue while it is written.</summary>
    private bool IsDue(TailPosition now)
    {
        if (_last is { } last)
        {
            return now.SegmentBase != last.SegmentBase
                || now.Position - last.Position >= options.CheckpointBytes / 2
                || now.Blocks - last.Blocks >= options.CheckpointAppends / 2;
        }

        return _skipped++ >= Math.Min(1L << Math.Min(_failures, 30), options.CheckpointAppends / 2);
    }

    /// <summary>A storage error leaves the older checkpoint in place.</summary>
    private async Task TryWriteAsync(StreamDescription stream, PartitionTail tail)
    {
        try
        {
            await WriteNowAsync(stream, tail, CancellationToken.None);
            _failures = 0;
        }
        catch (StorageException)
        {
            _last = null;
            _failures++;
            _skipped = 0;
            return;
        }

        if (IsPublishDue)
        {
            await TryPublishAsync();
        }
    }

    private async Task TryPublishAsync()
    {
        try
        {
            await PublishAsync(CancellationToken.None);
            _failedAt = null;
        }
        catch (StorageException)
        {
            TimeSpan next = _failedAt is null ? FirstPause : _pause * 2;
            _pause = next < options.PublishInterval ? next : options.PublishInterval;
            _failedAt = time.GetTimestamp();
        }
    }

    private async Task WriteNowAsync(StreamDescription stream, PartitionTail tail, CancellationToken cancellation)
    {
        if (tail.Checkpoint(place.StreamId, place.Partition) is not { } checkpoint)
        {
            return;
        }

        bool isRolled = _last is { } last && last.SegmentBase != checkpoint.SegmentBase;
        _last = tail.Position;
        _etag = await store.WriteAsync(place, checkpoint, _etag, cancellation);
        _unpublished = PositionRow.Of(stream, checkpoint, isRolled || _unpublished is { IsRolled: true });
    }

    private async Task PublishAsync(CancellationToken cancellation)
    {
        if (_unpublished is { } row)
        {
            await positions.PublishAsync(row, cancellation);
            _unpublished = null;
        }
    }
}
