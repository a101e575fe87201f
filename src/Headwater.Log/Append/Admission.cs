using Headwater.Contracts.Errors;

namespace Headwater.Log.Append;

/// <summary>Bounds the bytes of batches accepted and not yet answered in this process; beyond them a request is turned away before anything is stored. One larger than the bound is taken when it is alone.</summary>
internal sealed class Admission(long limit)
{
    private long _taken;

    /// <exception cref="HeadwaterException">Overloaded.</exception>
    public Admitted Enter(long bytes)
    {
        long taken = Interlocked.Add(ref _taken, bytes);
        if (taken > limit && taken != bytes)
        {
            Interlocked.Add(ref _taken, -bytes);
            throw new HeadwaterException(ErrorCode.Overloaded, "The in-flight limit is reached. Nothing from this request was stored; retry after the given time.")
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
