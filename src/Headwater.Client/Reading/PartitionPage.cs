using System.Globalization;
using Headwater.Contracts.Headers;
using Headwater.Contracts.Media;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>A page of one partition.</summary>
/// <param name="Events">In offset order, with values as JSON.</param>
/// <param name="Next">Where the next page begins.</param>
/// <param name="LogEnd">The log end offset; may be out of date if the page has events.</param>
internal sealed record PartitionPage(IReadOnlyList<ReceivedEvent<ReadOnlyMemory<byte>>> Events, Offset Next, Offset LogEnd)
{
    /// <summary>The query of a first read.</summary>
    public static string QueryOf(StartFrom from, PartitionId partition) => from switch
    {
        { IsLatest: true } => "offset=latest",
        { Since: { } time } => $"time={time}",
        { Offsets: { } offsets } when offsets.TryGetValue(partition, out Offset offset) => $"offset={offset}",
        _ => "offset=earliest",
    };

    /// <summary>Reads a page.</summary>
    /// <param name="scope">The stream.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="start">The start as a query: <c>offset=…</c> or <c>time=…</c>.</param>
    /// <param name="limit">Most events.</param>
    /// <param name="wait">How long to wait at the log end.</param>
    /// <param name="cancellation">Stops the request.</param>
    public static async Task<PartitionPage> ReadAsync<T>(
        StreamScope<T> scope, PartitionId partition, string start, int limit, TimeSpan wait, CancellationToken cancellation)
    {
        string waiting = wait > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"&wait={wait.TotalSeconds}") : "";
        var request = new ApiRequest(HttpMethod.Get, $"{scope.Path}/partitions/{partition}/events?{start}&limit={limit}{waiting}")
        {
            Accept = MediaTypes.NdJson,
            Wait = wait,
        };
        ApiAnswer answer = await scope.Api.RetryAsync(request, cancellation);
        return new PartitionPage(
            EventLines.Read(answer.Body, partition),
            OffsetOf(answer, HeaderNames.NextOffset),
            OffsetOf(answer, HeaderNames.LogEndOffset));
    }

    private static Offset OffsetOf(ApiAnswer answer, string header) =>
        long.TryParse(answer.Header(header), NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            ? new Offset(offset)
            : throw new HeadwaterException(HeadwaterException.NoAnswer, $"The answer has no header {header}, so it is not one of Headwater.") { Status = answer.Status };
}
