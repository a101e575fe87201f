namespace Headwater.Log.Read;

/// <summary>
/// Limits the reads that wait at a log end at the same time, so that other requests find a free slot of the instance. A read of several partitions takes a
/// slot for each: it keeps each open and asks storage for its end every second. Thread-safe.
/// </summary>
/// <param name="most">Partitions at which reads may wait.</param>
internal sealed class WaitSlots(int most)
{
    private int _taken;

    /// <returns>False if the read must not wait. Otherwise call <see cref="Leave"/> after the wait.</returns>
    /// <param name="partitions">The partitions at which the read waits.</param>
    public bool TryEnter(int partitions)
    {
        if (Interlocked.Add(ref _taken, partitions) <= most)
        {
            return true;
        }

        Leave(partitions);
        return false;
    }

    /// <param name="partitions">As taken.</param>
    public void Leave(int partitions) => Interlocked.Add(ref _taken, -partitions);
}
