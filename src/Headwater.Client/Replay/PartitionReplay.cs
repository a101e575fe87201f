using Headwater.Contracts.Errors;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>Replays the history of one partition: from segment files, and through the API where files cannot be read.</summary>
/// <param name="shared">What all partitions share.</param>
/// <param name="state">The partition.</param>
internal sealed class PartitionReplay<T>(ReplayShared<T> shared, PartitionState<T> state)
{
    /// <summary>Events of one request.</summary>
    private const int PageEvents = 1_000;

    /// <summary>So few events in the middle of a segment are cheaper through the API than the bytes of the file before them.</summary>
    private const int FewEvents = 5_000;

    /// <summary>Listings in a row whose files gave no event, after which the API is asked up to the next file.</summary>
    private const int MostListings = 3;

    /// <summary>Listings in a row whose URLs were forbidden before an event was read, after which the storage counts as refusing.</summary>
    private const int MostForbidden = 2;

    private static readonly TimeSpan AfterEmptyPage = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether no file has the rest.</summary>
    private bool _hasNoFiles;

    /// <summary>Before this offset, the API is asked.</summary>
    private Offset _filesFrom;

    private int _useless;

    private int _forbidden;

    /// <summary>Delivers until the end offset.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!state.IsDone)
        {
            if (state.Next >= _filesFrom && shared.UsesSegments && !_hasNoFiles && await SegmentsAsync(cancellation) is { Count: > 0 } segments)
            {
                await ReadSegmentsAsync(segments, cancellation);
            }
            else
            {
                await ReadPageAsync(cancellation);
            }
        }
    }

    /// <summary>The segments to read; empty if the API is to be asked instead.</summary>
    private async Task<IReadOnlyList<ReplaySegment>> SegmentsAsync(CancellationToken cancellation)
    {
        IReadOnlyList<ReplaySegment> listed =
            await ReplaySegment.ListAsync(shared.Scope, shared.Stream.StreamId, state.Partition, state.Next, cancellation);
        ReplaySegment? first = listed.Count > 0 ? listed[0] : null;
        bool isInside = first?.Base < state.Next && state.File?.Segment.Name != first.Name;
        _hasNoFiles = first is null or { Bytes: 0 } || (isInside && state.End - state.Next <= FewEvents);

        // The API knows whether retention has deleted what is missing before the first segment.
        if (first?.Base > state.Next)
        {
            _filesFrom = first.Base;
        }

        return _hasNoFiles || first!.Base > state.Next ? [] : [.. listed.TakeWhile((s, i) => i == 0 || s.Base == listed[i - 1].Next)];
    }

    private async Task ReadSegmentsAsync(IReadOnlyList<ReplaySegment> segments, CancellationToken cancellation)
    {
        Offset before = state.Next;
        FetchException? early = await new SegmentReplay<T>(shared, state).RunAsync(segments, cancellation);
        bool isUseless = state.Next == before;
        _useless = isUseless ? _useless + 1 : 0;
        _forbidden = isUseless && early is { Fault: FetchFault.Forbidden } ? _forbidden + 1 : 0;
        if (_useless == MostListings)
        {
            _useless = 0;
            _filesFrom = segments[0].Next > state.Next ? segments[0].Next : state.Next.Next;
        }

        if (early is not null && (early.Fault == FetchFault.Refused || _forbidden == MostForbidden) && shared.UsesSegments)
        {
            shared.UsesSegments = false;
            shared.Log.Refused(shared.Scope.Stream, early.Message);
        }
    }

    private async Task ReadPageAsync(CancellationToken cancellation)
    {
        var cursor = new ReadCursor
        {
            StreamId = shared.Stream.StreamId,
            Partitions = shared.Stream.Partitions,
            Offsets = new Dictionary<PartitionId, Offset> { [state.Partition] = state.Next },
            First = state.Partition,
        };
        try
        {
            ManyPage page = await ManyPage.ReadAsync(shared.Scope, cursor, PageEvents, TimeSpan.Zero, cancellation);
            List<ReceivedEvent<T>> events = [.. page.Events.Where(e => e.Offset < state.End).Select(e => EventLines.Decode(e, shared.Scope.Values))];
            Offset next = page.Next.Offsets.TryGetValue(state.Partition, out Offset known) ? known : state.Next;
            next = next > state.End ? state.End : next;
            if (next > state.Next)
            {
                await shared.Output.WriteAsync(state.Advance(events, next, ReplayGapCause.Compaction), cancellation);
            }
            else
            {
                await Task.Delay(Backoff.Endless(page.Pause, AfterEmptyPage), shared.Scope.Api.Time, cancellation);
            }
        }
        catch (HeadwaterException gone) when (gone.Is(ErrorCode.OffsetBelowStart) && gone.Number("logStartOffset") is { } start && start > state.Next.Value)
        {
            Offset next = start < state.End.Value ? new Offset(start) : state.End;
            shared.Log.Lost(shared.Scope.Stream, state.Partition, state.Next, next);
            await shared.Output.WriteAsync(state.Advance([], next, ReplayGapCause.Retention), cancellation);
        }
    }
}
