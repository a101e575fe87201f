using Headwater.Contracts.Errors;
using Headwater.Log.Budgets;
using Headwater.Log.Model;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Bodies;

/// <summary>
/// Reads and decompresses a request's body into pooled memory, and stops once a limit is exceeded. Memory is charged as bytes arrive, never as declared.
/// </summary>
/// <param name="budget">Charged for bodies. A body above 64 KiB is charged to its large part.</param>
/// <param name="time">The clock for slow clients.</param>
/// <param name="turns">A large body has a turn from before it is decompressed until it is disposed.</param>
internal sealed class RequestBody(BodyBudget budget, TimeProvider time, LargeTurns turns)
{
    private const int FirstBuffer = 16 * 1024;

    private static readonly string[] Accepted = ["gzip", "identity"];

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
        IDisposable? turn = null;
        try
        {
            long plain = Math.Min(plainLimit, gzip ? Gzip.LengthOf(sent.Span) : sent.Length);
            turn = plain >= LargeTurns.LargeFrom ? await turns.TakeAsync(context.RequestAborted) : null;
            PooledBytes body = gzip ? Gzip.Decompress(sent.Memory, plainLimit, sent.Budget) : sent;
            body.Held = turn;
            if (gzip)
            {
                sent.Dispose();
            }

            return body;
        }
        catch
        {
            sent.Dispose();
            turn?.Dispose();
            throw;
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
        limit = Math.Min(limit, budget.PerRequest);
        if (request.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        using var pace = new ReceivePace(time, cancellation);
        var body = new PooledBytes((int)Math.Min(request.ContentLength ?? FirstBuffer, FirstBuffer) + 1, budget);
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(body.Free(), pace.Token)) > 0)
            {
                body.Advance(read);
                pace.Received(read);
                if (body.Length > limit)
                {
                    throw TooLarge(limit);
                }

                body = AsLarge(body);
            }

            return body;
        }
        catch (OperationCanceledException) when (pace.IsTooSlow && !cancellation.IsCancellationRequested)
        {
            body.Dispose();
            throw pace.Refusal();
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

    /// <summary>Moves a body that is no longer small to the large part of the budget.</summary>
    private PooledBytes AsLarge(PooledBytes body)
    {
        if (body.Length <= MemoryBudget.SmallBytes || body.Budget != budget)
        {
            return body;
        }

        var large = new PooledBytes(2 * MemoryBudget.SmallBytes, budget.Large);
        body.Memory.CopyTo(large.Free());
        large.Advance(body.Length);
        body.Dispose();
        return large;
    }

    private static HeadwaterException TooLarge(int limit) =>
        new(ErrorCode.BodyTooLarge, $"The body exceeds the limit of {limit:N0} bytes as sent; split the request.")
        {
            Facts = new LimitFacts(limit),
        };
}
