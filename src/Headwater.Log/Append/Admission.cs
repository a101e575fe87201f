using Headwater.Contracts.Errors;

namespace Headwater.Log.Append;

/// <summary>
/// Limits the bytes of accepted but unanswered batches in this process. A request over the limit is refused before anything is stored.
/// A request that alone exceeds the limit is accepted if no other is in flight.
/// </summary>
internal sealed class Admission(long limit)
{
    private long _taken;

    /// <summary>Counts the bytes as in flight until the result is disposed.</summary>
    /// <exception cref="HeadwaterException">Overloaded: the request would exceed the limit; retry after 1 second.</exception>
    public Admitted Enter(long bytes)
    {
        long taken = Interlocked.Add(ref _taken, bytes);
        if (taken > limit && taken != bytes)
        {
            Interlocked.Add(ref _taken, -bytes);
            throw new HeadwaterException(
                ErrorCode.Overloaded, "The in-flight limit is reached. Nothing from this request was stored; retry after the given time.")
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            };
        }

        return new Admitted(this, bytes);
    }

    public readonly struct Admitted(Admission admission, long bytes) : IDisposable
    {
        public void Dispose() => Interlocked.Add(ref admission._taken, -bytes);
    }
}
