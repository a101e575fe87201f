using Headwater.Contracts.Errors;

namespace Headwater.Http.Bodies;

/// <summary>
/// The turns of large bodies. Inflating and parsing one takes a processor for up to a second; with a turn for every second processor, small requests always
/// find another. Bodies wait in order, 16 at most. Thread-safe.
/// </summary>
/// <param name="turns">Large bodies at a time.</param>
internal sealed class LargeTurns(int turns) : IDisposable
{
    /// <summary>A smaller body needs no turn.</summary>
    public const int LargeFrom = 4 << 20;

    private const int MostWaiting = 16;

    private readonly SemaphoreSlim _free = new(turns, turns);

    private int _waiting;

    /// <summary>A turn for every second processor.</summary>
    public static LargeTurns OfProcess() => new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>Waits for a turn.</summary>
    /// <returns>Ends the turn.</returns>
    /// <exception cref="HeadwaterException">Overloaded: too many wait.</exception>
    public async Task<IDisposable> TakeAsync(CancellationToken cancellation)
    {
        if (!_free.Wait(0, CancellationToken.None))
        {
            await WaitAsync(cancellation);
        }

        return new Turn(_free);
    }

    public void Dispose() => _free.Dispose();

    private async Task WaitAsync(CancellationToken cancellation)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > MostWaiting)
            {
                throw new HeadwaterException(ErrorCode.Overloaded, $"{MostWaiting} large bodies already wait to be read; retry, or send smaller requests.")
                {
                    RetryAfter = TimeSpan.FromSeconds(1),
                };
            }

            await _free.WaitAsync(cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private sealed class Turn(SemaphoreSlim free) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                free.Release();
            }
        }
    }
}
