using System.Threading.Channels;

namespace Headwater.Client;

/// <summary>A part of a segment.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="Position">Where the part begins.</param>
/// <param name="Length">Its bytes.</param>
internal readonly record struct SegmentRange(ReplaySegment Segment, long Position, int Length)
{
    /// <summary>The segments from a position of the first one on, in ranges.</summary>
    public static IEnumerable<SegmentRange> Of(IReadOnlyList<ReplaySegment> segments, long position)
    {
        foreach (ReplaySegment segment in segments)
        {
            for (long at = position; at < segment.Bytes; at += ReplayLimits.RangeBytes)
            {
                yield return new SegmentRange(segment, at, (int)Math.Min(ReplayLimits.RangeBytes, segment.Bytes - at));
            }

            position = 0;
        }
    }
}

/// <summary>Reads ranges ahead, in their order.</summary>
internal sealed class RangeQueue : IAsyncDisposable
{
    private readonly CancellationTokenSource _over;

    private readonly Channel<(SegmentRange Range, Task<RangeBuffer> Read)> _ahead =
        Channel.CreateBounded<(SegmentRange, Task<RangeBuffer>)>(ReplayLimits.RangesAhead - 1);

    private readonly SegmentFetcher _fetcher;

    private readonly ReplayLimits _limits;

    private readonly Task _reading;

    public RangeQueue(SegmentFetcher fetcher, ReplayLimits limits, IEnumerable<SegmentRange> ranges, CancellationToken cancellation)
    {
        _fetcher = fetcher;
        _limits = limits;
        _over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _reading = ReadAheadAsync(ranges);
    }

    /// <summary>The next range; its buffer is the caller's.</summary>
    /// <returns>Null after the last range.</returns>
    /// <exception cref="FetchException">The range cannot be read.</exception>
    public async Task<(SegmentRange Range, RangeBuffer Buffer)?> NextAsync(CancellationToken cancellation)
    {
        if (!await _ahead.Reader.WaitToReadAsync(cancellation) || !_ahead.Reader.TryRead(out (SegmentRange Range, Task<RangeBuffer> Read) next))
        {
            await _reading;
            return null;
        }

        return (next.Range, await next.Read);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await foreach ((_, Task<RangeBuffer> read) in _ahead.Reader.ReadAllAsync(CancellationToken.None))
        {
            await ((Task)read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (read.IsCompletedSuccessfully)
            {
                (await read).Release();
            }
        }

        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }

    private async Task ReadAheadAsync(IEnumerable<SegmentRange> ranges)
    {
        try
        {
            foreach (SegmentRange range in ranges)
            {
                RangeBuffer buffer = await _limits.RangeAsync(_over.Token);
                Task<RangeBuffer> read = ReadAsync(range, buffer);
                if (!_ahead.Writer.TryWrite((range, read)))
                {
                    await _ahead.Writer.WriteAsync((range, read), CancellationToken.None); // Disposal takes it out.
                }
            }
        }
        finally
        {
            _ahead.Writer.Complete();
        }
    }

    private async Task<RangeBuffer> ReadAsync(SegmentRange range, RangeBuffer buffer)
    {
        try
        {
            await _fetcher.ReadAsync(range.Segment, range.Position, range.Length, buffer, _over.Token);
            return buffer;
        }
        catch
        {
            buffer.Release();
            throw;
        }
    }
}
