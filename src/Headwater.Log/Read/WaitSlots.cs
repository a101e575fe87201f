namespace Headwater.Log.Read;

/// <summary>Limits the reads that wait at a log end at the same time, so that other requests find a free slot of the instance. Thread-safe.</summary>
/// <param name="most">Reads that may wait.</param>
internal sealed class WaitSlots(int most)
{
    private int _taken;

    /// <returns>False if the read must not wait. Otherwise call <see cref="Leave"/> after the wait.</returns>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _taken) <= most)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _taken);
}
