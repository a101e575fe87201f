using System.IO.Pipelines;
using Headwater.Http.Requests;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Read;

/// <summary>Cuts the connection of a client that takes a page too slowly for the memory that the page holds.</summary>
/// <param name="context">The request.</param>
/// <param name="time">The clock.</param>
/// <param name="held">Bytes that the page holds until it is sent.</param>
internal sealed class SendPace(HttpContext context, TimeProvider time, long held)
{
    /// <summary>Flushes bytes that were written to the client.</summary>
    public ValueTask FlushAsync(PipeWriter writer, int bytes, CancellationToken cancellation)
    {
        ValueTask<FlushResult> flush = writer.FlushAsync(cancellation);
        return flush.IsCompletedSuccessfully ? default : WithinAsync(bytes, flush.AsTask());
    }

    /// <summary>Waits for bytes to be sent.</summary>
    public async ValueTask WithinAsync(int bytes, Task sent)
    {
        TimeSpan allowed = LeastRate.Grace + TimeSpan.FromSeconds(bytes / LeastRate.Of(held));
        await using ITimer timer = time.CreateTimer(_ => context.Abort(), null, allowed, Timeout.InfiniteTimeSpan);
        await sent;
    }
}
