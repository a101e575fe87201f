using Headwater.Contracts.Errors;
using Headwater.Core.Memory;

namespace Headwater.Log.Budgets;

/// <summary>The memory that the requests of one process may hold for one purpose. Beyond it requests are refused, so that the process survives.</summary>
/// <param name="bytes">The limit in bytes.</param>
/// <param name="purpose">Completes "Active requests already hold … bytes of".</param>
public abstract class MemoryBudget(long bytes, string purpose) : IMemoryBudget
{
    private long _taken;

    /// <summary>Bytes charged now.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Charges bytes.</summary>
    /// <returns>False, with nothing charged, if the limit would be exceeded.</returns>
    public bool TryTake(long size)
    {
        if (Interlocked.Add(ref _taken, size) <= bytes)
        {
            return true;
        }

        GiveBack(size);
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
    public void GiveBack(long bytes) => Interlocked.Add(ref _taken, -bytes);

    /// <summary>Charges bytes until the charge is disposed.</summary>
    /// <exception cref="HeadwaterException">Overloaded.</exception>
    public MemoryCharge Charge(long size)
    {
        Take(size);
        return new MemoryCharge(this, size);
    }

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
