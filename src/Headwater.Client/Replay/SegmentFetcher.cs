using System.Net;
using System.Net.Http.Headers;

namespace Headwater.Client;

/// <summary>Why a segment file cannot be read.</summary>
internal enum FetchFault
{
    /// <summary>The segment was replaced or deleted: a new listing has another one.</summary>
    Outdated,

    /// <summary>The URL has expired, so that a new listing has another one; or the storage refuses all URLs.</summary>
    Forbidden,

    /// <summary>The storage cannot be reached, or refuses: the API may still answer.</summary>
    Refused,
}

/// <summary>A segment file cannot be read.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">For the log; without the signature.</param>
/// <param name="inner">The error of the transport.</param>
internal sealed class FetchException(FetchFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public FetchFault Fault { get; } = fault;
}

/// <summary>Reads ranges of segment files by their URLs. Sends no key of the service. Thread-safe.</summary>
/// <param name="api">Has the clock, the limits and the handler of the client.</param>
internal sealed class SegmentFetcher(ApiConnection api) : IDisposable
{
    /// <summary>How long a storage that cannot be reached is tried, unless other requests are tried for less.</summary>
    private static readonly TimeSpan UnreachableFor = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = api.NewStorageClient();

    public void Dispose() => _http.Dispose();

    /// <summary>Reads a range into a buffer, and again while it fails in a way that may pass.</summary>
    /// <exception cref="FetchException">The range cannot be read.</exception>
    public async Task ReadAsync(ReplaySegment segment, long position, int length, RangeBuffer into, CancellationToken cancellation)
    {
        Backoff backoff = api.NewBackoff();
        Backoff? unreachable = null;
        while (true)
        {
            string fault;
            TimeSpan? pause = null;
            try
            {
                using HttpResponseMessage answer = await TryReadAsync(segment, position, length, into, cancellation);
                if (answer.StatusCode == HttpStatusCode.PartialContent)
                {
                    return;
                }

                pause = answer.Headers.RetryAfter?.Delta;
                fault = Check(segment, answer.StatusCode);
                unreachable = null;
            }
            catch (HttpRequestException error) when (IsUnreachable(error))
            {
                fault = $"{segment.Url.Host} cannot be reached: {error.Message}";
                unreachable ??= api.NewBackoff(api.RetryFor < UnreachableFor ? api.RetryFor : UnreachableFor);
            }
            catch (Exception lost) when (lost is HttpRequestException or IOException
                || (lost is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                fault = lost.Message;
                unreachable = null;
            }

            if (!await (unreachable ?? backoff).TryWaitAsync(pause, cancellation))
            {
                throw new FetchException(FetchFault.Refused, $"{segment.Name} cannot be read: {fault}");
            }
        }
    }

    private async Task<HttpResponseMessage> TryReadAsync(
        ReplaySegment segment, long position, int length, RangeBuffer into, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(api.RequestTimeout, api.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Get, segment.Url);
        request.Headers.Range = new RangeHeaderValue(position, position + length - 1);
        HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
        try
        {
            if (answer.StatusCode == HttpStatusCode.PartialContent)
            {
                await ReadBodyAsync(answer, position, into.Room(length), either.Token);
                into.Advance(length);
            }

            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    /// <summary>The answer must be exactly the range: its bytes go into a buffer of that size.</summary>
    private static async Task ReadBodyAsync(HttpResponseMessage answer, long position, Memory<byte> room, CancellationToken cancellation)
    {
        if (answer.Content.Headers.ContentRange is not { } range || range.From != position || range.To != position + room.Length - 1)
        {
            throw new IOException("The answer has another range.");
        }

        await using Stream body = await answer.Content.ReadAsStreamAsync(cancellation);
        await body.ReadExactlyAsync(room, cancellation);
    }

    /// <returns>What is wrong, if it may pass.</returns>
    /// <exception cref="FetchException">It will not pass.</exception>
    private static string Check(ReplaySegment segment, HttpStatusCode status) => (int)status switch
    {
        403 => throw new FetchException(FetchFault.Forbidden, $"{segment.Name} was answered 403."),
        // 416: the listing had more bytes than the file, so the file is another one.
        404 or 409 or 410 or 412 or 416 => throw new FetchException(FetchFault.Outdated, $"{segment.Name} was answered {(int)status}."),
        408 or 429 or >= 500 => $"Status {(int)status}.",
        _ => throw new FetchException(FetchFault.Refused, $"{segment.Name} was answered {(int)status}."),
    };

    private static bool IsUnreachable(HttpRequestException error) => error.HttpRequestError
        is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError;
}
