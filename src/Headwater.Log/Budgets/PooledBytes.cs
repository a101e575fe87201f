using Headwater.Contracts.Errors;
using Headwater.Core.Segments;

namespace Headwater.Log.Budgets;

/// <summary>
/// A growing buffer that is filled from a stream. The budget is charged for its capacity; while the buffer grows, for the old and the new array. Not
/// thread-safe.
/// </summary>
public sealed class PooledBytes : IDisposable
{
    private readonly PooledBuffer _buffer;

    /// <summary>Rents the first array.</summary>
    /// <param name="capacity">Bytes of content that fit before the buffer grows, at least.</param>
    /// <param name="budget">Charged for the length of the array until it is returned.</param>
    /// <exception cref="HeadwaterException">Overloaded: the budget is exhausted.</exception>
    public PooledBytes(int capacity, BodyBudget budget)
    {
        _buffer = new PooledBuffer(capacity, budget);
        Budget = budget;
    }

    /// <summary>The budget that is charged.</summary>
    public BodyBudget Budget { get; }

    /// <summary>Disposed with the buffer: what its user holds as long as it has the content. Null: nothing.</summary>
    public IDisposable? Held { get; set; }

    /// <summary>Bytes of content.</summary>
    public int Length => _buffer.Length;

    /// <summary>The content. Do not use it after the next <see cref="Free"/> or <see cref="Dispose"/>, which may return the array.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.WrittenMemory;

    /// <inheritdoc cref="Memory"/>
    public ReadOnlySpan<byte> Span => _buffer.Written;

    /// <summary>The free space after the content. If it is too small, the array grows to twice its length, or to what is asked for if that is more.</summary>
    /// <param name="bytes">The least length, at least 1.</param>
    /// <exception cref="HeadwaterException">Overloaded: the budget does not allow a larger array. The content is unchanged.</exception>
    public Memory<byte> Free(int bytes = 1) => _buffer.GetMemory(bytes);

    /// <summary>Adds bytes that were written to the start of <see cref="Free"/> to the content.</summary>
    /// <param name="count">Bytes written, at most the length of <see cref="Free"/>.</param>
    public void Advance(int count) => _buffer.Advance(count);

    /// <summary>Returns the array to the pool and its length to the budget. The buffer is then empty.</summary>
    public void Dispose()
    {
        _buffer.Dispose();
        Held?.Dispose();
    }
}
