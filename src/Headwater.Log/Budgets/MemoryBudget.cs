using Headwater.Contracts.Errors;
using Headwater.Core.Memory;

namespace Headwater.Log.Budgets;

/// <summary>The memory that the requests of one process may hold for one purpose. Beyond it requests are refused, so that the process survives.</summary>
/// <param name="bytes">The limit in bytes.</param>
/// <param name="purpose">Completes "Active requests already hold … bytes of".</param>
/// <param name="whole">The budget that this one is a part of: charged for the same bytes. Null: none.</param>
public abstract class MemoryBudget(long bytes, string purpose, MemoryBudget? whole = null) : IMemoryBudget
{
    /// <summary>A request that holds at most this many bytes is small. A sixteenth of each budget is kept for small requests.</summary>
    public const int SmallBytes = 64 * 1024;

    private const int KeptShare = 16;

    private const int RequestShare = 8;

    private long _taken;

    /// <summary>The most that one request may hold while it waits for its client: an eighth.</summary>
    public int PerRequest => (int)Math.Min(int.MaxValue, bytes / RequestShare);

    /// <summary>The limit in bytes.</summary>
    public long Limit => bytes;

    /// <summary>Bytes charged now.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Charges bytes.</summary>
    /// <returns>False, with nothing charged, if the limit would be exceeded.</returns>
    public bool TryTake(long size)
    {
        if (Interlocked.Add(ref _taken, size) <= bytes && whole?.TryTake(size) != false)
        {
            return true;
        }

        Interlocked.Add(ref _taken, -size);
        return false;
    }

    /// <inheritdoc/>
    /// <exception cref="HeadwaterException">Overloaded.</exception>
    public void Take(long bytes)
    {
        if (!TryTake(bytes))
        {
            throw Exhausted();
        }
    }

    /// <inheritdoc/>
    public void GiveBack(long bytes)
    {
        Interlocked.Add(ref _taken, -bytes);
        whole?.GiveBack(bytes);
    }

    /// <summary>Charges bytes until the charge is disposed.</summary>
    /// <exception cref="HeadwaterException">Overloaded.</exception>
    public MemoryCharge Charge(long size)
    {
        Take(size);
        return new MemoryCharge(this, size);
    }

    /// <summary>What requests that are not small may take of a budget.</summary>
    protected static long LargeShare(long bytes) => bytes - (bytes / KeptShare);

    /// <summary>The refusal of a request for which no memory is left.</summary>
    public HeadwaterException Exhausted() =>
        new(ErrorCode.Overloaded, $"Active requests already hold {bytes:N0} bytes of {purpose}; retry.") { RetryAfter = TimeSpan.FromSeconds(1) };
}

/// <summary>Bytes charged to a budget.</summary>
public readonly struct MemoryCharge(MemoryBudget budget, long size) : IDisposable
{
    /// <summary>Returns the bytes; call it once.</summary>
    public void Dispose() => budget.GiveBack(size);
}
