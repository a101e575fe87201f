using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Partitions;

namespace Headwater.Log.Read;

/// <summary>
/// Reads pages over several partitions. Asks storage for the log end of each partition that has no events: one read per partition and page, at most 16 at a
/// time. A read that waits costs one read per second and partition, shared with all other readers that wait.
/// </summary>
internal sealed class ManyPartitionsReader(
    Func<StreamDescription, PartitionId, HeldPartition<ReadablePartition>> partitions, PartitionReader reader, WaitSlots slots)
{
    private const int PartitionsAtATime = 16;

    /// <summary>Reads a page: at least one event if any of the partitions has one.</summary>
    /// <exception cref="HeadwaterException">OffsetBelowStart and OffsetBeyondEnd with the partition; PartitionNotFound.</exception>
    public async Task<ManyPartitionsPage> ReadAsync(StreamDescription stream, StreamReadRequest request, CancellationToken cancellation)
    {
        var page = new ManyPartitionsPageBuilder(request, await StartsAsync(stream, request, cancellation));
        try
        {
            await FillAsync(stream, page, request.Wait, cancellation);
            return page.Build();
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    private async Task FillAsync(StreamDescription stream, ManyPartitionsPageBuilder page, TimeSpan wait, CancellationToken cancellation)
    {
        await FillAsync(stream, page, isFresh: true, cancellation);
        if (!page.IsEmpty || wait <= TimeSpan.Zero)
        {
            return;
        }

        page.IsWaitRefused = !slots.TryEnter(page.Partitions);
        if (!page.IsWaitRefused)
        {
            await WaitAsync(stream, page, wait, cancellation);
            await FillAsync(stream, page, isFresh: false, cancellation);
        }
    }

    private async Task<IReadOnlyList<PartitionPosition>> StartsAsync(StreamDescription stream, StreamReadRequest request, CancellationToken cancellation)
    {
        List<PartitionPosition> starts = new(request.Starts.Count);
        foreach (PartitionStart[] some in request.Starts.Chunk(PartitionsAtATime))
        {
            starts.AddRange(await Task.WhenAll(some.Select(s => StartAsync(stream, s, cancellation))));
        }

        return starts;
    }

    private async Task<PartitionPosition> StartAsync(StreamDescription stream, PartitionStart start, CancellationToken cancellation)
    {
        stream.RequirePartition(start.Partition);
        Offset offset = start.From.Kind switch
        {
            ReadFromKind.Offset => new Offset(start.From.Value),
            ReadFromKind.Earliest => stream.LogStart(start.Partition),
            ReadFromKind.Latest or ReadFromKind.Time =>
                await reader.FindAsync(stream, new ReadRequest(start.Partition, start.From, 1, 1, TimeSpan.Zero), cancellation),
        };
        return new PartitionPosition(start.Partition, offset);
    }

    private async Task FillAsync(StreamDescription stream, ManyPartitionsPageBuilder page, bool isFresh, CancellationToken cancellation)
    {
        foreach (PartitionPosition[] some in page.Rotation.ToArray().Chunk(PartitionsAtATime))
        {
            bool[] has = await Task.WhenAll(some.Select(p => HasEventsAsync(stream, p, isFresh, cancellation)));
            for (int i = 0; i < some.Length && !page.IsFull; i++)
            {
                if (has[i])
                {
                    await AddAsync(stream, page, some[i], cancellation);
                }
            }

            if (page.IsFull)
            {
                return;
            }
        }
    }

    private async Task AddAsync(StreamDescription stream, ManyPartitionsPageBuilder page, PartitionPosition position, CancellationToken cancellation)
    {
        try
        {
            page.Add(position.Partition, await reader.ReadAsync(stream, page.RequestFor(position), cancellation));
        }
        catch (HeadwaterException exhausted) when (exhausted.Code == ErrorCode.Overloaded && !page.IsEmpty)
        {
            page.Close();
        }
    }

    private async Task<bool> HasEventsAsync(StreamDescription stream, PartitionPosition position, bool isFresh, CancellationToken cancellation)
    {
        Offset start = stream.LogStart(position.Partition);
        if (position.Offset < start)
        {
            throw new HeadwaterException(
                ErrorCode.OffsetBelowStart, $"Offset {position.Offset} of partition {position.Partition} was deleted; the partition's log starts at {start}.")
            {
                Facts = new PartitionStartFacts(position.Partition.Value, start.Value),
            };
        }

        using HeldPartition<ReadablePartition> held = partitions(stream, position.Partition);
        ReadablePartition partition = held.Value;
        Offset end = (await partition.TailAsync(cancellation)).Position.Next;
        if (end <= position.Offset && (isFresh || end < position.Offset))
        {
            end = (await partition.FreshTailAsync(cancellation)).Position.Next;
        }

        return end >= position.Offset ? end > position.Offset : throw new HeadwaterException(
            ErrorCode.OffsetBeyondEnd, $"Offset {position.Offset} of partition {position.Partition} is beyond the partition's log end {end}.")
        {
            Facts = new PartitionEndFacts(position.Partition.Value, end.Value),
        };
    }

    /// <summary>Waits until one of the partitions has an event, at most as long as the request says. Leaves the slots that the caller took.</summary>
    private async Task WaitAsync(StreamDescription stream, ManyPartitionsPageBuilder page, TimeSpan wait, CancellationToken cancellation)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] waits = [];
        try
        {
            waits = [.. page.Rotation.Select(p => WaitAsync(stream, p, wait, enough.Token))];
            await await Task.WhenAny(waits);
        }
        finally
        {
            slots.Leave(page.Partitions);
            await enough.CancelAsync();
            await Task.WhenAll(waits).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WaitAsync(StreamDescription stream, PartitionPosition position, TimeSpan wait, CancellationToken cancellation)
    {
        using HeldPartition<ReadablePartition> held = partitions(stream, position.Partition);
        await held.Value.Watcher.WaitAsync(position.Offset, wait, cancellation);
    }
}
