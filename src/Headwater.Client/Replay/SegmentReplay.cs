using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Client;

/// <summary>
/// Replays consecutive segment files of one partition: one task cuts them into groups of blocks, which are decoded in parallel; another delivers the groups in
/// their order.
/// </summary>
/// <param name="shared">What all partitions share.</param>
/// <param name="state">The partition. Its offset moves with what is delivered, its place in a file with what is cut.</param>
internal sealed class SegmentReplay<T>(ReplayShared<T> shared, PartitionState<T> state)
{
    /// <summary>Events before this offset are delivered already.</summary>
    private readonly Offset _from = state.Next;

    private readonly GroupDelivery<T> _delivery = new(shared, state);

    /// <summary>Bytes before the next range that are not a whole block yet.</summary>
    private readonly CarriedBytes _carried = new(shared.Limits);

    /// <summary>Delivers the events of the segments, as far as they can be read.</summary>
    /// <returns>Null, or why the reading ended early.</returns>
    /// <exception cref="HeadwaterException">corrupt_segment, value_unreadable.</exception>
    public async Task<FetchException?> RunAsync(IReadOnlyList<ReplaySegment> segments, CancellationToken cancellation)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task delivering = _delivery.RunAsync(failed);
        FetchException? early = null;
        try
        {
            await CutAsync(segments, failed.Token);
        }
        catch (FetchException fault)
        {
            early = fault;
        }
        catch (OperationCanceledException) when (failed.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            // The delivery has failed; its failure is thrown below.
        }
        finally
        {
            _carried.End();
            _delivery.Complete();
            await delivering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await delivering;
        return early;
    }

    private async Task CutAsync(IReadOnlyList<ReplaySegment> segments, CancellationToken cancellation)
    {
        ReplaySegment current = segments[0];
        if (state.File is { } known && known.Segment.Name == current.Name)
        {
            state.File = known with { Segment = current };
        }
        else
        {
            (state.File, state.Position) = (null, 0);
        }

        await using var ranges = new RangeQueue(shared.Fetcher, shared.Limits, SegmentRange.Of(segments, state.Position), cancellation);
        while (!IsCut && await ranges.NextAsync(cancellation) is { } next)
        {
            if (next.Range.Segment != current)
            {
                EndSegment(current);
                current = next.Range.Segment;
            }

            RangeBuffer buffer = await _carried.BeforeAsync(next.Buffer, cancellation);
            try
            {
                _carried.Keep(buffer, await CutAsync(current, buffer, cancellation));
            }
            finally
            {
                buffer.Release();
            }
        }

        if (!IsCut)
        {
            EndSegment(current);
        }
    }

    /// <summary>Whether all that is wanted is cut. Of a compacted segment, only the delivery knows.</summary>
    private bool IsCut => state.IsDone || (state.File is { IsDense: true } && state.Block >= state.End);

    /// <summary>Cuts the whole blocks of a range.</summary>
    /// <returns>The index of the first byte that is not cut.</returns>
    private async Task<int> CutAsync(ReplaySegment segment, RangeBuffer buffer, CancellationToken cancellation)
    {
        int at = 0;
        if (state.File is null && (state.File = shared.Headers.TryRead(segment, state.Partition, buffer.Memory.Span, out at)) is { } opened)
        {
            (state.Position, state.Block) = (at, opened.Header.BaseOffset);
        }

        while (state.File is { } file && !IsCut)
        {
            (int length, Offset next, bool isWanted) = Measure(file, buffer.Memory.Span[at..]);
            if (length == 0)
            {
                break;
            }

            if (isWanted)
            {
                await AddAsync(file, buffer, buffer.Memory.Slice(at, length), cancellation);
            }

            at += length;
            state.Position += length;
            state.Block = next;
        }

        return at;
    }

    /// <summary>The next blocks that are decoded together, or skipped because their events are not wanted.</summary>
    /// <returns>Their size, 0 if there is no whole block; the offset after them, if the segment is dense; whether they are wanted.</returns>
    private (int Length, Offset Next, bool IsWanted) Measure(SegmentFile<T> file, ReadOnlySpan<byte> data)
    {
        (int length, Offset block, bool isWanted) = (0, state.Block, false);
        try
        {
            while (length < ReplayLimits.GroupBytes
                && BlockDecoder.TryReadFrame(data[length..], state.Position + length, file.Header.Sync, out BlockFrame frame))
            {
                Offset next = file.IsDense ? block + frame.Count : block;
                bool wanted = !file.IsDense || next > _from;
                if (length > 0 && wanted != isWanted)
                {
                    break;
                }

                (length, block, isWanted) = (length + frame.Length, next, wanted);
            }

            return (length, block, isWanted);
        }
        catch (Exception corrupt) when (corrupt is SegmentFormatException or OverflowException)
        {
            throw file.Corrupt(corrupt.Message, corrupt);
        }
    }

    private async Task AddAsync(SegmentFile<T> file, RangeBuffer buffer, ReadOnlyMemory<byte> blocks, CancellationToken cancellation)
    {
        await shared.Limits.Groups.WaitAsync(cancellation);
        var group = new BlockGroup<T>(file, buffer.Retain(), blocks, state.Position, new OffsetRange(_from, file.EndBefore(state.End)));
        group.Begin(shared.Limits.Decoders, cancellation);
        _delivery.Add(group);
    }

    /// <summary>A sealed segment ends with a whole block. What follows the last whole block of an active one is read later.</summary>
    private void EndSegment(ReplaySegment segment)
    {
        if (segment.IsSealed && (!_carried.IsEmpty || state.File is null))
        {
            throw SegmentFile<T>.Corrupt(segment, state.Partition, $"its last {_carried.Length} bytes are not a whole block (at byte {state.Position}).");
        }

        _carried.Clear();
        if (segment.IsSealed)
        {
            _delivery.Add(state.File!);
            (state.File, state.Position) = (null, 0);
        }
    }
}
