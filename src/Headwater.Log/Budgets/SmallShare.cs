using Headwater.Core.Memory;

namespace Headwater.Log.Budgets;

/// <summary>
/// The budget of one small read. At most 256 KiB come from the part that is kept for small requests: a chunk, its blocks, and their buffers while they grow.
/// What exceeds that, because one event is large, comes from the part for large pages. Not thread-safe.
/// </summary>
/// <param name="budget">The budget of all reads.</param>
internal sealed class SmallShare(ReadBudget budget) : IMemoryBudget
{
    private const long MostKept = 4 * MemoryBudget.SmallBytes;

    private long _kept;

    private long _large;

    /// <inheritdoc/>
    public void Take(long bytes)
    {
        if (_kept + bytes <= MostKept)
        {
            budget.Take(bytes);
            _kept += bytes;
        }
        else
        {
            budget.Large.Take(bytes);
            _large += bytes;
        }
    }

    /// <inheritdoc/>
    public void GiveBack(long bytes)
    {
        long large = Math.Min(bytes, _large);
        budget.Large.GiveBack(large);
        budget.GiveBack(bytes - large);
        _large -= large;
        _kept -= bytes - large;
    }
}
