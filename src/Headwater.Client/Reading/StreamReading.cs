using System.Runtime.CompilerServices;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>Reads a stream as a sequence of events.</summary>
internal static class StreamReading
{
    /// <summary>Reads one partition after the other, each in offset order, to its log end.</summary>
    public static async IAsyncEnumerable<ReceivedEvent<T>> ReadAsync<T>(
        StreamScope<T> scope, ReadOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        StreamDescription stream = await scope.DescribeFittingAsync(produces: false, cancellation);
        foreach (PartitionId partition in options.Partitions ?? [.. Enumerable.Range(0, stream.Partitions).Select(p => new PartitionId(p))])
        {
            await foreach (ReceivedEvent<T> read in ReadAsync(scope, partition, options, cancellation))
            {
                yield return read;
            }
        }
    }

    private static async IAsyncEnumerable<ReceivedEvent<T>> ReadAsync<T>(
        StreamScope<T> scope, PartitionId partition, ReadOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string start = PartitionPage.QueryOf(options.From, partition);
        while (true)
        {
            PartitionPage page = await PartitionPage.ReadAsync(scope, partition, start, options.PageEvents, TimeSpan.Zero, cancellation);
            foreach (ReceivedEvent<ReadOnlyMemory<byte>> raw in page.Events)
            {
                yield return EventLines.Decode(raw, scope.Values);
            }

            start = $"offset={page.Next}";
            if (page.Events.Count == 0)
            {
                yield break;
            }
        }
    }
}
