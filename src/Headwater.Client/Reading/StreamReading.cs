using System.Runtime.CompilerServices;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>Reads a stream as a sequence of events.</summary>
internal static class StreamReading
{
    /// <summary>The longest wait for events in one request.</summary>
    public static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(20);

    /// <summary>All partitions of a stream.</summary>
    public static IReadOnlyList<PartitionId> PartitionsOf(StreamDescription stream) =>
        [.. Enumerable.Range(0, stream.Partitions).Select(p => new PartitionId(p))];

    /// <summary>Reads with one request open at a time, to the log end or beyond it.</summary>
    public static async IAsyncEnumerable<ReceivedEvent<T>> ReadAsync<T>(
        StreamScope<T> scope, ReadOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        StreamDescription stream = await scope.DescribeFittingAsync(produces: false, cancellation);
        IReadOnlyList<PartitionId> partitions = options.Partitions ?? PartitionsOf(stream);
        var cursor = new ReadCursor
        {
            StreamId = stream.StreamId,
            Partitions = stream.Partitions,
            Offsets = await StartPositions.ResolveAsync(scope, stream.StreamId, partitions, options.From, cancellation),
        };
        Dictionary<PartitionId, Offset>? ends = options.Follow ? null : await EndsAsync(scope, cancellation);
        TimeSpan wait = options.Follow ? LongPoll : TimeSpan.Zero;
        while (true)
        {
            ManyPage page = await ManyPage.ReadAsync(scope, cursor, options.PageEvents, wait, cancellation);
            foreach (ReceivedEvent<ReadOnlyMemory<byte>> raw in page.Events.Where(e => IsBefore(ends, e.Partition, e.Offset)))
            {
                yield return EventLines.Decode(raw, scope.Values);
            }

            cursor = ends is null ? page.Next : Before(ends, page.Next);
            if (cursor.Offsets.Count == 0 || (page.Events.Count == 0 && !options.Follow))
            {
                yield break;
            }

            if (page.Pause is { } pause)
            {
                await Task.Delay(Backoff.Endless(pause, pause), scope.Api.Time, cancellation);
            }
        }
    }

    /// <summary>The log ends of now: reading ends there, although others append.</summary>
    private static async Task<Dictionary<PartitionId, Offset>> EndsAsync<T>(StreamScope<T> scope, CancellationToken cancellation) =>
        (await StreamCalls.PositionsAsync(scope.Api, scope.Stream, cancellation)).ToDictionary(p => p.Partition, p => p.LogEnd);

    /// <summary>The partitions whose end is not reached.</summary>
    private static ReadCursor Before(Dictionary<PartitionId, Offset> ends, ReadCursor next) => next with
    {
        Offsets = next.Offsets.Where(o => IsBefore(ends, o.Key, o.Value)).ToDictionary(o => o.Key, o => o.Value),
    };

    /// <summary>Whether an event is read: all are if there are no ends.</summary>
    private static bool IsBefore(Dictionary<PartitionId, Offset>? ends, PartitionId partition, Offset offset) =>
        ends is null || (ends.TryGetValue(partition, out Offset end) && offset < end);
}
