using Headwater.Contracts.Errors;
using Headwater.Log.Budgets;
using Headwater.Log.Model;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Bodies;

/// <summary>Reads and decompresses a request's body into pooled memory, and stops once a limit is exceeded.</summary>
internal sealed class RequestBody(BodyBudget budget)
{
    private const int FirstBuffer = 16 * 1024;

    private static readonly string[] Accepted = ["gzip", "identity"];

    /// <summary>Charged for bodies, and for what they parse and inflate to.</summary>
    public BodyBudget Budget => budget;

    /// <summary>Reads a body of events.</summary>
    /// <exception cref="HeadwaterException">BodyTooLarge, MalformedBody, Overloaded, UnsupportedMediaType (of the encoding).</exception>
    public Task<PooledBytes> ReadAsync(HttpContext context) => ReadAsync(context, Limits.BodyBytes, Limits.DecompressedBytes);

    /// <summary>Reads a body of settings.</summary>
    /// <inheritdoc cref="ReadAsync(HttpContext)"/>
    public Task<PooledBytes> ReadSettingsAsync(HttpContext context) => ReadAsync(context, Limits.SettingsBytes, Limits.SettingsBytes);

    private async Task<PooledBytes> ReadAsync(HttpContext context, int sentLimit, int plainLimit)
    {
        bool gzip = IsGzip(context.Request);
        PooledBytes sent = await ReadSentAsync(context.Request, sentLimit, context.RequestAborted);
        if (!gzip)
        {
            return sent;
        }

        using (sent)
        {
            return Gzip.Decompress(sent.Memory, plainLimit, budget);
        }
    }

    private static bool IsGzip(HttpRequest request)
    {
        string encoding = request.Headers.ContentEncoding.ToString().Trim();
        if (encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        if (encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase) || encoding.Equals("x-gzip", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        throw new HeadwaterException(ErrorCode.UnsupportedMediaType, $"Content-Encoding {encoding} is not supported; send gzip or none.")
        {
            Facts = new AcceptedEncodingsFacts(Accepted),
        };
    }

    private async Task<PooledBytes> ReadSentAsync(HttpRequest request, int limit, CancellationToken cancellation)
    {
        if (request.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        var body = new PooledBytes((int)(request.ContentLength ?? FirstBuffer) + 1, budget);
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(body.Free(), cancellation)) > 0)
            {
                body.Advance(read);
                if (body.Length > limit)
                {
                    throw TooLarge(limit);
                }
            }

            return body;
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            body.Dispose();
            throw Refusals.MalformedBody("The connection closed before the whole body was received.", e);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private static HeadwaterException TooLarge(int limit) =>
        new(ErrorCode.BodyTooLarge, $"The body exceeds the limit of {limit:N0} bytes as sent; split the request.")
        {
            Facts = new LimitFacts(limit),
        };
}
