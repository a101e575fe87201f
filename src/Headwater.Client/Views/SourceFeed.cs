using System.Threading.Channels;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>A stream that a view reads.</summary>
internal abstract class SourceFeed
{
    public abstract ApiConnection Api { get; }

    public abstract Task<StreamDescription> DescribeAsync(CancellationToken cancellation);

    public abstract Task<IReadOnlyList<PartitionPositions>> PositionsAsync(CancellationToken cancellation);

    /// <summary>When the event at a position was appended.</summary>
    /// <returns>Null if there is no such event any more.</returns>
    public abstract Task<UnixMicros?> AppendedAsync(StreamDescription stream, EventPosition position, CancellationToken cancellation);

    /// <summary>Reads on, into work for the view's loop.</summary>
    /// <param name="progress">What the loop has applied.</param>
    /// <param name="from">The next offset of each partition.</param>
    /// <param name="work">Takes the events.</param>
    /// <param name="cancellation">Ends the reads.</param>
    public abstract Task RunAsync(
        StreamProgress progress, IReadOnlyDictionary<PartitionId, Offset> from, ChannelWriter<object> work, CancellationToken cancellation);
}

/// <summary>A stream with its type of values.</summary>
internal sealed class SourceFeed<T>(StreamScope<T> scope) : SourceFeed
{
    public override ApiConnection Api => scope.Api;

    /// <summary>Reads the stream.</summary>
    public EventFeed<T> Source { get; init; } = LiveFeed.ReadAsync;

    /// <summary>What each event changes.</summary>
    public List<Action<ReceivedEvent<T>>> Appliers { get; } = [];

    public override Task<StreamDescription> DescribeAsync(CancellationToken cancellation) => scope.DescribeFittingAsync(produces: false, cancellation);

    public override Task<IReadOnlyList<PartitionPositions>> PositionsAsync(CancellationToken cancellation) =>
        StreamCalls.PositionsAsync(scope.Api, scope.Stream, cancellation);

    public override async Task<UnixMicros?> AppendedAsync(StreamDescription stream, EventPosition position, CancellationToken cancellation)
    {
        var cursor = new ReadCursor
        {
            StreamId = stream.StreamId,
            Partitions = stream.Partitions,
            Offsets = new Dictionary<PartitionId, Offset> { [position.Partition] = position.Offset },
        };
        try
        {
            ManyPage page = await ManyPage.ReadAsync(scope, cursor, 1, TimeSpan.Zero, cancellation);
            return page.Events is [var first, ..] && first.Offset == position.Offset ? first.Appended : null;
        }
        catch (HeadwaterException gone) when (gone.Is(ErrorCode.OffsetBelowStart) || gone.Is(ErrorCode.StreamReplaced))
        {
            return null;
        }
    }

    public override async Task RunAsync(
        StreamProgress progress, IReadOnlyDictionary<PartitionId, Offset> from, ChannelWriter<object> work, CancellationToken cancellation)
    {
        await foreach (FeedBatch<T> batch in Source(scope, progress.Stream, from, cancellation).WithCancellation(cancellation))
        {
            await work.WriteAsync(new PendingBatch<T>(this, progress, batch), cancellation);
        }
    }
}

/// <summary>Events that were read and are not applied.</summary>
internal abstract class PendingBatch
{
    public abstract int Count { get; }

    /// <summary>Applies the events below the bounds.</summary>
    /// <param name="bounds">Per stream and partition the first offset that is not applied; null: all are applied.</param>
    /// <param name="now">The time, by the clock of this process.</param>
    /// <returns>The events that are left; null: none.</returns>
    /// <exception cref="RebuildException">Events that the view needs are not in the log any more.</exception>
    public abstract PendingBatch? Apply(ViewPositions? bounds, UnixMicros now);
}

/// <summary>Events of a stream that were read and are not applied.</summary>
internal sealed class PendingBatch<T>(SourceFeed<T> feed, StreamProgress progress, FeedBatch<T> batch) : PendingBatch
{
    public override int Count => batch.Events.Count;

    public override PendingBatch? Apply(ViewPositions? bounds, UnixMicros now)
    {
        List<ReceivedEvent<T>> left = [];
        foreach (ReceivedEvent<T> item in batch.Events)
        {
            if (bounds?.Includes(progress.Stream.Name, item.Position) == false)
            {
                left.Add(item);
                continue;
            }

            Apply(item, now);
        }

        foreach ((PartitionId partition, Offset next) in batch.Next)
        {
            Offset end = bounds?.Of(progress.Stream.Name, partition) is { } bound && bound < next ? bound : next;
            if (end > progress.Partitions[partition.Value].Next)
            {
                RequireNothingMissed(partition, end, now);
                progress.Partitions[partition.Value].Next = end;
            }
        }

        return left.Count > 0 || batch.Next.Any(n => n.Value > progress.Partitions[n.Key.Value].Next)
            ? new PendingBatch<T>(feed, progress, batch with { Events = left })
            : null;
    }

    private void Apply(in ReceivedEvent<T> item, UnixMicros now)
    {
        ref PartitionProgress read = ref progress.Partitions[item.Partition.Value];
        if (item.Offset < read.Next)
        {
            return; // Applied already.
        }

        RequireNothingMissed(item.Partition, item.Offset, now);
        foreach (Action<ReceivedEvent<T>> apply in feed.Appliers)
        {
            apply(item);
        }

        read.Next = item.Offset.Next;
        read.Newest = (item.Offset, item.Appended);
    }

    private void RequireNothingMissed(PartitionId partition, Offset next, UnixMicros now)
    {
        if (progress.MayMissDeletes(partition, next, now))
        {
            throw new RebuildException(
                RebuildReason.TombstonesExpired,
                $"Stream '{progress.Stream.Name}' has a gap before {partition}/{next}, and tombstones in it may have been removed before this view read them.");
        }
    }
}
