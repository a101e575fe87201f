using System.Globalization;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Headers;
using Headwater.Contracts.Media;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>Finds the offsets at which reading begins.</summary>
internal static class StartPositions
{
    private const int MostRequests = 16;

    /// <summary>One offset per partition. Costs one request for all partitions; by time, one per partition, 16 at a time.</summary>
    /// <exception cref="HeadwaterException">stream_replaced: the positions are of another stream.</exception>
    public static async Task<Dictionary<PartitionId, Offset>> ResolveAsync<T>(
        StreamScope<T> scope, string streamId, IReadOnlyList<PartitionId> partitions, StartFrom from, CancellationToken cancellation)
    {
        if (from.StreamId is { } expected && expected != streamId)
        {
            throw new HeadwaterException(
                ErrorCode.StreamReplaced.WireName(),
                $"The positions are of the stream with the id {expected}. {scope.Stream} has the id {streamId}: begin at its earliest event.");
        }

        Dictionary<PartitionId, Offset> found = [];
        if (from.Since is { } time)
        {
            var limits = new ParallelOptions { MaxDegreeOfParallelism = MostRequests, CancellationToken = cancellation };
            await Parallel.ForEachAsync(partitions, limits, async (partition, token) =>
            {
                Offset start = await SinceAsync(scope, streamId, partition, time, token);
                lock (found)
                {
                    found[partition] = start;
                }
            });
            return found;
        }

        foreach (PartitionId partition in partitions)
        {
            if (from.Offsets?.TryGetValue(partition, out Offset offset) == true)
            {
                found[partition] = offset;
            }
        }

        if (found.Count < partitions.Count)
        {
            HashSet<PartitionId> asked = [.. partitions];
            foreach (PartitionPositions known in await StreamCalls.PositionsAsync(scope.Api, scope.Stream, cancellation))
            {
                if (asked.Contains(known.Partition))
                {
                    found.TryAdd(known.Partition, from.IsLatest ? known.LogEnd : known.LogStart);
                }
            }
        }

        return found;
    }

    private static async Task<Offset> SinceAsync<T>(
        StreamScope<T> scope, string streamId, PartitionId partition, UnixMicros time, CancellationToken cancellation)
    {
        ApiRequest request = new ApiRequest(HttpMethod.Get, $"{scope.Path}/partitions/{partition}/events?time={time}&limit=1") { Accept = MediaTypes.NdJson }
            .With(HeaderNames.StreamId, streamId);
        ApiAnswer answer = await scope.Api.RetryAsync(request, cancellation);
        List<ReceivedEvent<ReadOnlyMemory<byte>>> first = EventLines.Read(answer.Body, partition);
        return first.Count > 0 ? first[0].Offset
            : long.TryParse(answer.Header(HeaderNames.NextOffset), NumberStyles.None, CultureInfo.InvariantCulture, out long end) ? new Offset(end)
            : throw new HeadwaterException(HeadwaterException.NoAnswer, $"The answer has no header {HeaderNames.NextOffset}, so it is not one of Headwater.");
    }
}
