using Headwater.Contracts.Errors;
using Headwater.Core.Segments;

namespace Headwater.Log.Budgets;

/// <summary>The memory that the requests of one process may hold for one purpose. Beyond it requests are refused, so that the process survives.</summary>
public abstract class MemoryBudget : IMemoryBudget
{
    private readonly long _bytes;

    private readonly string _purpose;

    private long _taken;

    /// <param name="bytes">The limit in bytes.</param>
    /// <param name="name">The name in metrics.</param>
    /// <param name="purpose">Completes "Active requests already hold … bytes of".</param>
    private protected MemoryBudget(long bytes, string name, string purpose)
    {
        _bytes = bytes;
        _purpose = purpose;
        Name = name;
        BudgetTelemetry.Watch(this);
    }

    /// <summary>The budget's name in metrics.</summary>
    public string Name { get; }

    /// <summary>The limit in bytes.</summary>
    public long Limit => _bytes;

    /// <summary>Bytes charged now.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Charges bytes.</summary>
    /// <returns>False, with nothing charged, if the limit would be exceeded.</returns>
    public bool TryTake(long size)
    {
        if (Interlocked.Add(ref _taken, size) <= _bytes)
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
        new(ErrorCode.Overloaded, $"Active requests already hold {_bytes:N0} bytes of {_purpose}; retry.") { RetryAfter = TimeSpan.FromSeconds(1) };
}

/// <summary>Bytes charged to a budget.</summary>
public readonly struct MemoryCharge(MemoryBudget budget, long size) : IDisposable
{
    /// <summary>Returns the bytes; call it once.</summary>
    public void Dispose() => budget.GiveBack(size);
}
