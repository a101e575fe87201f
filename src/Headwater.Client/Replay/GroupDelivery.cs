using System.Threading.Channels;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>Delivers the events of groups in their order, and checks that each follows the one before.</summary>
/// <param name="shared">What all partitions share.</param>
/// <param name="state">The partition.</param>
internal sealed class GroupDelivery<T>(ReplayShared<T> shared, PartitionState<T> state)
{
    private readonly Channel<(BlockGroup<T>? Group, SegmentFile<T>? Ended)> _steps = Channel.CreateUnbounded<(BlockGroup<T>?, SegmentFile<T>?)>();

    /// <summary>Adds a group that has begun to decode.</summary>
    public void Add(BlockGroup<T> group) => _steps.Writer.TryWrite((group, null));

    /// <summary>Adds the end of a sealed segment.</summary>
    public void Add(SegmentFile<T> ended) => _steps.Writer.TryWrite((null, ended));

    public void Complete() => _steps.Writer.TryComplete();

    /// <summary>Delivers until <see cref="Complete"/>.</summary>
    /// <param name="failed">Cancelled if the delivery fails.</param>
    public async Task RunAsync(CancellationTokenSource failed)
    {
        try
        {
            await foreach ((BlockGroup<T>? group, SegmentFile<T>? ended) in _steps.Reader.ReadAllAsync(CancellationToken.None))
            {
                if (group is not null)
                {
                    await DeliverAsync(group, failed.Token);
                }
                else
                {
                    await EndAsync(ended!, failed.Token);
                }
            }
        }
        catch
        {
            await failed.CancelAsync();
            await DrainAsync();
            throw;
        }
    }

    private async Task DeliverAsync(BlockGroup<T> group, CancellationToken cancellation)
    {
        try
        {
            while (await group.NextAsync(shared.Limits.Decoders, cancellation) is { Count: > 0 } ready)
            {
                if (Batches(group.File, ready) is { Count: > 0 } batches)
                {
                    await shared.Output.WriteAsync(batches, cancellation);
                }
            }
        }
        finally
        {
            await EndAsync(group);
        }
    }

    private List<ReplayBatch<T>> Batches(SegmentFile<T> file, IReadOnlyList<DecodedEvents<T>> ready)
    {
        var batches = new List<ReplayBatch<T>>(ready.Count);
        foreach (DecodedEvents<T> next in ready)
        {
            if (next.Events.Count == 0)
            {
                continue;
            }

            Check(file, next.Events);
            batches.Add(state.Advance(next.Events, next.Events[^1].Offset.Next, ReplayGapCause.Compaction, next.StoredBytes));
        }

        return batches;
    }

    /// <summary>The offsets up to a sealed segment's end are done. In a segment of compaction, the last ones may have no events.</summary>
    private async Task EndAsync(SegmentFile<T> ended, CancellationToken cancellation)
    {
        Offset end = ended.EndBefore(state.End);
        if (state.Next >= end)
        {
            return;
        }

        if (ended.IsDense)
        {
            throw ended.Corrupt($"it ends before offset {state.Next}; the service lists it up to {ended.Segment.Next}.");
        }

        await shared.Output.WriteAsync(state.Advance([], end, ReplayGapCause.Compaction), cancellation);
    }

    private void Check(SegmentFile<T> file, IReadOnlyList<ReceivedEvent<T>> events)
    {
        (Offset first, Offset last) = (events[0].Offset, events[^1].Offset);
        if (first < state.Next || (file.IsDense && (first != state.Next || last - first != events.Count - 1)))
        {
            throw file.Corrupt($"the events {first} to {last} do not follow offset {state.Next}.");
        }
    }

    private async Task DrainAsync()
    {
        await foreach ((BlockGroup<T>? left, _) in _steps.Reader.ReadAllAsync(CancellationToken.None))
        {
            if (left is not null)
            {
                await EndAsync(left);
            }
        }
    }

    private async Task EndAsync(BlockGroup<T> group)
    {
        await group.EndAsync();
        shared.Limits.Groups.Release();
    }
}
