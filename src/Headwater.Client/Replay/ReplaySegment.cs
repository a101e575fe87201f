using System.Globalization;
using Headwater.Contracts.Answers;
using Headwater.Contracts.Headers;
using Headwater.Contracts.Json;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>A segment file that can be read.</summary>
/// <param name="Base">The lowest offset that it may hold.</param>
/// <param name="Next">The offset after its last event.</param>
/// <param name="Bytes">The bytes to read.</param>
/// <param name="IsSealed">Whether nothing is appended to it.</param>
/// <param name="Generation">Above 0: written by compaction, so offsets may be missing.</param>
/// <param name="Url">Gives access until it expires. Secret: never in a message.</param>
internal sealed record ReplaySegment(Offset Base, Offset Next, long Bytes, bool IsSealed, int Generation, Uri Url)
{
    /// <summary>Segments of one listing: their URLs are used long before they expire.</summary>
    private const int PageSegments = 16;

    /// <summary>The path without the signature.</summary>
    public string Name => Url.AbsolutePath;

    /// <summary>The first live segments that end after an offset, in their order. Costs the service one listing and one read, and two per segment.</summary>
    /// <exception cref="HeadwaterException">stream_not_found, stream_replaced.</exception>
    public static async Task<IReadOnlyList<ReplaySegment>> ListAsync<T>(
        StreamScope<T> scope, string streamId, PartitionId partition, Offset from, CancellationToken cancellation)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"{scope.Path}/segments?partition={partition}&offset={from}&limit={PageSegments}");
        ApiRequest request = new ApiRequest(HttpMethod.Get, path).With(HeaderNames.StreamId, streamId);
        SegmentListAnswer answer = await scope.Api.RetryAsync(request, ContractJson.Default.SegmentListAnswer, cancellation);
        return [.. answer.Segments.Where(s => s.Partition == partition.Value).Select(Of).TakeWhile(s => s is not null).Select(s => s!)];
    }

    /// <summary>Null if the URL is not one that can be fetched.</summary>
    private static ReplaySegment? Of(SegmentAnswer answer) =>
        answer is { BaseOffset: >= 0, NextOffset: >= 0, Bytes: >= 0 }
        && Uri.TryCreate(answer.Url, UriKind.Absolute, out Uri? url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? new ReplaySegment(new Offset(answer.BaseOffset), new Offset(answer.NextOffset), answer.Bytes, answer.Sealed, answer.Generation, url)
            : null;
}
