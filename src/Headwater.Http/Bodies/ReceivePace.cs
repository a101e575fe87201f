using Headwater.Contracts.Errors;
using Headwater.Http.Requests;

namespace Headwater.Http.Bodies;

/// <summary>Stops a request whose body arrives too slowly for the memory that it holds. Looks every 5 s.</summary>
internal sealed class ReceivePace : IDisposable
{
    private readonly CancellationTokenSource _stopped;
    private readonly ITimer _timer;
    private long _received;
    private long _seen;
    private long _least;

    public ReceivePace(TimeProvider time, CancellationToken cancellation)
    {
        _stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _timer = time.CreateTimer(_ => Look(), null, LeastRate.Grace, LeastRate.Grace);
    }

    /// <summary>Cancelled with the request, or when its body is too slow.</summary>
    public CancellationToken Token => _stopped.Token;

    /// <summary>Whether the body was too slow.</summary>
    public bool IsTooSlow => Interlocked.Read(ref _least) > 0;

    public void Received(int bytes) => Interlocked.Add(ref _received, bytes);

    /// <summary>The refusal of a body that was too slow.</summary>
    public HeadwaterException Refusal() => new(
        ErrorCode.Overloaded,
        $"The body arrived at less than {Interlocked.Read(ref _least):N0} bytes per second, the least rate after {Interlocked.Read(ref _seen):N0} bytes. "
            + "Send it faster, or in smaller requests.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    public void Dispose()
    {
        _timer.Dispose();
        _stopped.Dispose();
    }

    private void Look()
    {
        long received = Interlocked.Read(ref _received);
        double least = LeastRate.Of(_seen);
        if (received - _seen < least * LeastRate.Grace.TotalSeconds)
        {
            Interlocked.Exchange(ref _least, (long)least);
            try
            {
                _stopped.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The body is complete.
            }

            return;
        }

        Interlocked.Exchange(ref _seen, received);
    }
}
