using System.Runtime.CompilerServices;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>Follows partitions through the API, from the offsets at which their history ended.</summary>
/// <param name="shared">What all partitions share.</param>
/// <param name="states">The partitions.</param>
internal sealed class LiveReplay<T>(ReplayShared<T> shared, IReadOnlyDictionary<PartitionId, PartitionState<T>> states)
{
    private const int PageEvents = 1_000;

    /// <summary>The partition with which the next page begins, so that one with many events does not hold up the others.</summary>
    private PartitionId _first;

    public async IAsyncEnumerable<ReplayBatch<T>> RunAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            (ManyPage? page, ReplayBatch<T>? gap) = await ReadAsync(cancellation);
            if (gap is not null)
            {
                yield return gap;
            }

            if (page is null)
            {
                continue;
            }

            foreach (ReplayBatch<T> batch in Batches(page))
            {
                yield return batch;
            }

            _first = page.Next.First;
            if (page.Pause is { } pause)
            {
                await Task.Delay(Backoff.Endless(pause, pause), shared.Scope.Api.Time, cancellation);
            }
        }
    }

    /// <summary>A page, or the gap that retention made.</summary>
    private async Task<(ManyPage? Page, ReplayBatch<T>? Gap)> ReadAsync(CancellationToken cancellation)
    {
        var cursor = new ReadCursor
        {
            StreamId = shared.Stream.StreamId,
            Partitions = shared.Stream.Partitions,
            Offsets = states.Values.ToDictionary(s => s.Partition, s => s.Next),
            First = _first,
        };
        try
        {
            return (await ManyPage.ReadAsync(shared.Scope, cursor, PageEvents, StreamReading.LongPoll, cancellation), null);
        }
        catch (HeadwaterException gone) when (gone.Is(ErrorCode.OffsetBelowStart) && PartitionOf(gone) is { } state
            && gone.Number("logStartOffset") is { } start && start > state.Next.Value)
        {
            shared.Log.Lost(shared.Scope.Stream, state.Partition, state.Next, new Offset(start));
            return (null, state.Advance([], new Offset(start), ReplayGapCause.Retention));
        }
    }

    private PartitionState<T>? PartitionOf(HeadwaterException gone) =>
        gone.Number("partition") is { } number and >= 0 and <= int.MaxValue
        && states.TryGetValue(new PartitionId((int)number), out PartitionState<T>? state) ? state : null;

    private IEnumerable<ReplayBatch<T>> Batches(ManyPage page)
    {
        ILookup<PartitionId, ReceivedEvent<ReadOnlyMemory<byte>>> events = page.Events.ToLookup(e => e.Partition);
        foreach (PartitionState<T> state in states.Values)
        {
            List<ReceivedEvent<T>> own = [.. events[state.Partition].Select(e => EventLines.Decode(e, shared.Scope.Values))];
            Offset next = page.Next.Offsets.TryGetValue(state.Partition, out Offset known) ? known : state.Next;
            if (next > state.Next)
            {
                yield return state.Advance(own, next, ReplayGapCause.Compaction);
            }
        }
    }
}
