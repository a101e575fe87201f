using System.Runtime.CompilerServices;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>Events that follow each other in each partition.</summary>
/// <param name="Events">In offset order within each partition.</param>
/// <param name="Next">The offset after the batch, of at least every partition that has events in it. Beyond the last event if compaction left a gap.</param>
internal sealed record FeedBatch<T>(IReadOnlyList<ReceivedEvent<T>> Events, IReadOnlyDictionary<PartitionId, Offset> Next);

/// <summary>Reads a stream from positions on, and goes on live until it is cancelled.</summary>
/// <param name="scope">The stream.</param>
/// <param name="stream">Its description.</param>
/// <param name="from">The next offset of every partition.</param>
/// <param name="cancellation">Ends the feed.</param>
/// <exception cref="HeadwaterException">offset_below_start, offset_beyond_end, stream_replaced: the positions are of no use.</exception>
internal delegate IAsyncEnumerable<FeedBatch<T>> EventFeed<T>(
    StreamScope<T> scope, StreamDescription stream, IReadOnlyDictionary<PartitionId, Offset> from, CancellationToken cancellation);

/// <summary>Reads all partitions of a stream with one request open.</summary>
internal static class LiveFeed
{
    private const int PageEvents = 5_000;

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    public static async IAsyncEnumerable<FeedBatch<T>> ReadAsync<T>(
        StreamScope<T> scope,
        StreamDescription stream,
        IReadOnlyDictionary<PartitionId, Offset> from,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var cursor = new ReadCursor { StreamId = stream.StreamId, Partitions = stream.Partitions, Offsets = from };
        while (true)
        {
            if (await PageAsync(scope, cursor, cancellation) is not { } page)
            {
                continue;
            }

            yield return new FeedBatch<T>([.. page.Events.Select(e => EventLines.Decode(e, scope.Values))], page.Next.Offsets);
            cursor = page.Next;
            if (page.Pause is { } pause)
            {
                await Task.Delay(Backoff.Endless(pause, pause), scope.Api.Time, cancellation);
            }
        }
    }

    /// <returns>Null after a failure that passes, and its pause. A view outlives its service, however long that is away.</returns>
    private static async Task<ManyPage?> PageAsync<T>(StreamScope<T> scope, ReadCursor cursor, CancellationToken cancellation)
    {
        try
        {
            return await ManyPage.ReadAsync(scope, cursor, PageEvents, StreamReading.LongPoll, cancellation);
        }
        catch (HeadwaterException passing) when (passing.Retryable || passing.Is(ErrorCode.StreamNotFound))
        {
            // A stream that is deleted may be created again; the next read then says that it is another one.
            scope.Api.Logging.CreateLogger(ViewLog.Category).LogReadFailed(scope.Stream, passing.Code, passing.Message);
            await Task.Delay(Backoff.Endless(passing.RetryAfter, AfterFailure), scope.Api.Time, cancellation);
            return null;
        }
    }
}
