using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>Finds the offset at which a read begins. If it is at or past the known log end, asks storage for the log end once.</summary>
internal sealed class ReadStart(SegmentIndexes indexes, SegmentScan scan, WaitSlots slots)
{
    /// <summary>The offset to begin at. If it is the log end, first waits for an append for as long as the request says.</summary>
    /// <exception cref="HeadwaterException">OffsetBelowStart, OffsetBeyondEnd.</exception>
    public async Task<FoundStart> FindAsync(StreamDescription stream, ReadablePartition partition, ReadRequest request, CancellationToken cancellation)
    {
        Offset logStart = stream.LogStart(request.Partition);
        if (request.From.Kind == ReadFromKind.Latest)
        {
            Offset end = (await partition.FreshTailAsync(cancellation)).Position.Next;
            return await WaitAsync(partition, request, end, cancellation);
        }

        Offset start = request.From.Kind switch
        {
            ReadFromKind.Offset => new Offset(request.From.Value),
            ReadFromKind.Time => await new TimeSearch(partition, indexes, scan).FindAsync(new UnixMicros(request.From.Value), logStart, cancellation),
            ReadFromKind.Earliest or ReadFromKind.Latest => logStart,
        };
        if (start < logStart)
        {
            throw new HeadwaterException(ErrorCode.OffsetBelowStart, $"Offset {start} was deleted; the log starts at {logStart}.")
            {
                Facts = new LogStartFacts(logStart.Value),
            };
        }

        TailPosition tail = (await partition.TailAsync(cancellation)).Position;
        return start < tail.Next ? new FoundStart(start) : await AtEndAsync(partition, request, start, cancellation);
    }

    private async Task<FoundStart> AtEndAsync(ReadablePartition partition, ReadRequest request, Offset start, CancellationToken cancellation)
    {
        Offset end = (await partition.FreshTailAsync(cancellation)).Position.Next;
        if (start > end)
        {
            throw new HeadwaterException(ErrorCode.OffsetBeyondEnd, $"Offset {start} is beyond the log end {end}.")
            {
                Facts = new LogEndFacts(end.Value),
            };
        }

        return start < end ? new FoundStart(start) : await WaitAsync(partition, request, end, cancellation);
    }

    private async Task<FoundStart> WaitAsync(ReadablePartition partition, ReadRequest request, Offset end, CancellationToken cancellation)
    {
        if (request.Wait <= TimeSpan.Zero)
        {
            return new FoundStart(end);
        }

        if (!slots.TryEnter(1))
        {
            return new FoundStart(end, IsWaitRefused: true);
        }

        long began = partition.Time.GetTimestamp();
        try
        {
            await partition.Watcher.WaitAsync(end, request.Wait, cancellation);
            return new FoundStart(end) { Waited = partition.Time.GetElapsedTime(began) };
        }
        finally
        {
            slots.Leave(1);
        }
    }
}

/// <summary>Where a read begins.</summary>
/// <param name="Offset">The offset.</param>
/// <param name="IsWaitRefused">Whether the read should have waited at the log end, but too many others do.</param>
internal readonly record struct FoundStart(Offset Offset, bool IsWaitRefused = false)
{
    /// <summary>How long the search waited for an append.</summary>
    public TimeSpan Waited { get; init; }
}
