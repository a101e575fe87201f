namespace Headwater.Log.Read;

/// <summary>
/// Limits the reads that wait at log ends at the same time, so that other requests find a free slot of the instance, and the partitions at which they wait:
/// each stays open, and storage is asked for its end every second. Thread-safe.
/// </summary>
/// <param name="mostReads">Reads that may wait.</param>
/// <param name="mostPartitions">The sum of their partitions.</param>
internal sealed class WaitSlots(int mostReads, int mostPartitions)
{
    private readonly Lock _gate = new();

    private int _reads;

    private int _partitions;

    /// <param name="partitions">The partitions at which the read waits.</param>
    /// <returns>False if the read must not wait. Otherwise call <see cref="Leave"/> after the wait.</returns>
    public bool TryEnter(int partitions)
    {
        lock (_gate)
        {
            if (_reads == mostReads || _partitions + partitions > mostPartitions)
            {
                return false;
            }

            _reads++;
            _partitions += partitions;
            return true;
        }
    }

    /// <param name="partitions">As many as entered.</param>
    public void Leave(int partitions)
    {
        lock (_gate)
        {
            _reads--;
            _partitions -= partitions;
        }
    }
}
