using System.Buffers;
using Headwater.Contracts.Errors;

namespace Headwater.Log.Budgets;

/// <summary>
/// A growing buffer in a rented array, with one spare byte before and one after the content, so that a parser can put brackets around the content without
/// copying it. The budget is charged for the whole array; while the buffer grows, for the old and the new array. Not thread-safe.
/// </summary>
public sealed class PooledBytes : IDisposable
{
    private const int Front = 1;
    private const int Back = 1;

    private readonly BodyBudget _budget;
    private byte[]? _array;

    /// <summary>Rents the first array.</summary>
    /// <param name="capacity">Bytes of content that fit before the buffer grows, at least.</param>
    /// <param name="budget">Charged for the length of the array until it is returned.</param>
    /// <exception cref="HeadwaterException">Overloaded: the budget is exhausted.</exception>
    public PooledBytes(int capacity, BodyBudget budget)
    {
        _budget = budget;
        _array = Rent(Front + capacity + Back);
    }

    /// <summary>Bytes of content.</summary>
    public int Length { get; private set; }

    /// <summary>The content. Do not use it after the next <see cref="Free"/> or <see cref="Dispose"/>, which may return the array.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public Memory<byte> Memory => Array.AsMemory(Front, Length);

    /// <inheritdoc cref="Memory"/>
    public Span<byte> Span => Array.AsSpan(Front, Length);

    /// <summary>The content with the spare byte on either side, whose values are undefined.</summary>
    public Memory<byte> WithSpares => Array.AsMemory(0, Front + Length + Back);

    private byte[] Array => _array ?? throw new ObjectDisposedException(nameof(PooledBytes));

    /// <summary>The free space after the content, at least 1 byte. Doubles the array if there is none.</summary>
    /// <exception cref="HeadwaterException">Overloaded: the budget does not allow a larger array. The content is unchanged.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public Memory<byte> Free()
    {
        if (Front + Length + Back == Array.Length)
        {
            Grow();
        }

        return Array.AsMemory(Front + Length, Array.Length - Front - Length - Back);
    }

    /// <summary>Adds bytes that were written to the start of <see cref="Free"/> to the content.</summary>
    /// <param name="count">Bytes written, at most the length of <see cref="Free"/>. Not checked.</param>
    public void Advance(int count) => Length += count;

    /// <summary>Returns the array to the pool and its length to the budget. Further calls do nothing.</summary>
    public void Dispose()
    {
        if (_array is null)
        {
            return;
        }

        Return(_array);
        _array = null;
    }

    private void Grow()
    {
        byte[] larger = Rent(Array.Length * 2);
        Array.AsSpan(0, Front + Length).CopyTo(larger);
        Return(Array);
        _array = larger;
    }

    private byte[] Rent(int length)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        if (_budget.TryTake(rented.Length))
        {
            return rented;
        }

        ArrayPool<byte>.Shared.Return(rented);
        throw _budget.Exhausted();
    }

    private void Return(byte[] array)
    {
        ArrayPool<byte>.Shared.Return(array);
        _budget.GiveBack(array.Length);
    }
}
