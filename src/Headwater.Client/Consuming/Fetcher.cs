using Headwater.Contracts.Errors;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>Reads events into the buffers of partitions. Four of these read all partitions, each with one request open.</summary>
/// <param name="scope">The stream.</param>
/// <param name="stream">Its description.</param>
/// <param name="assignment">The partitions.</param>
/// <param name="options">The consumer's options.</param>
internal sealed class Fetcher<T>(StreamScope<T> scope, StreamDescription stream, Assignment assignment, ConsumerOptions options)
{
    /// <summary>Requests open at a time.</summary>
    public const int Shards = 4;

    private const int PageEvents = 1_000;

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>The partition with which the next page begins, so that one with many events does not hold up the others.</summary>
    private PartitionId _first;

    public async Task RunAsync(int shard, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Task changed = assignment.Changed; // Taken before the look, so that no change is missed.
            Dictionary<PartitionId, (AssignedPartition Partition, Offset Next, int Version)> wanted = assignment.Wanted(shard, Shards);
            if (wanted.Count == 0)
            {
                await changed.WaitAsync(stop);
                continue;
            }

            await FetchAsync(shard, wanted, changed, stop);
        }
    }

    private async Task FetchAsync(
        int shard,
        Dictionary<PartitionId, (AssignedPartition Partition, Offset Next, int Version)> wanted,
        Task changed,
        CancellationToken stop)
    {
        using var outdated = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task<ManyPage> reading = ManyPage.ReadAsync(scope, CursorOf(wanted), PageEvents, StreamReading.LongPoll, outdated.Token);
        while (await Task.WhenAny(reading, changed) != reading)
        {
            changed = assignment.Changed;
            if (IsOutdated(wanted, assignment.Wanted(shard, Shards)))
            {
                await outdated.CancelAsync();
                break;
            }
        }

        try
        {
            ManyPage page = await reading;
            assignment.Take(page, wanted);
            _first = page.Next.First;
            if (page.Pause is { } pause)
            {
                await Task.Delay(Backoff.Endless(pause, pause), scope.Api.Time, stop);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The next request reads other partitions or positions.
        }
        catch (HeadwaterException passing) when (passing.Retryable)
        {
            // A consumer outlives its service, however long that is away.
            await Task.Delay(Backoff.Endless(passing.RetryAfter, AfterFailure), scope.Api.Time, stop);
        }
        catch (HeadwaterException gone) when (gone.Is(ErrorCode.OffsetBelowStart) && options.BelowLogStart == BelowLogStart.Skip)
        {
            Skip(gone, wanted);
        }
    }

    private ReadCursor CursorOf(Dictionary<PartitionId, (AssignedPartition Partition, Offset Next, int Version)> wanted) => new()
    {
        StreamId = stream.StreamId,
        Partitions = stream.Partitions,
        Offsets = wanted.ToDictionary(w => w.Key, w => w.Value.Next),
        First = _first,
    };

    /// <summary>Whether another request would read a partition that this one does not, or from another position.</summary>
    private static bool IsOutdated(
        Dictionary<PartitionId, (AssignedPartition Partition, Offset Next, int Version)> read,
        Dictionary<PartitionId, (AssignedPartition Partition, Offset Next, int Version)> wanted) =>
        wanted.Any(w => !read.TryGetValue(w.Key, out (AssignedPartition, Offset, int) now) || now != w.Value);

    private void Skip(HeadwaterException gone, Dictionary<PartitionId, (AssignedPartition Partition, Offset Next, int Version)> wanted)
    {
        if (gone.Number("partition") is not { } number || gone.Number("logStartOffset") is not { } start
            || !wanted.TryGetValue(new PartitionId((int)number), out (AssignedPartition Partition, Offset Next, int Version) lost))
        {
            throw gone;
        }

        if (assignment.TrySkip(lost, new Offset(start)))
        {
            options.OnLost?.Invoke(new LostEvents(lost.Partition.Partition, lost.Next, new Offset(start)));
        }
    }
}
