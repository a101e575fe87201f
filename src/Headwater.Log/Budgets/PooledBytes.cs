using System.Buffers;
using Headwater.Contracts.Errors;

namespace Headwater.Log.Budgets;

/// <summary>
/// A rented array that grows, with one spare byte before the content and one after it, so that a parser can put brackets around without copying.
/// </summary>
public sealed class PooledBytes : IDisposable
{
    private const int Front = 1;
    private const int Back = 1;

    private readonly BodyBudget _budget;
    private byte[]? _array;

    /// <param name="capacity">To begin with.</param>
    /// <param name="budget">What the array's length is taken from.</param>
    /// <exception cref="HeadwaterException">Overloaded.</exception>
    public PooledBytes(int capacity, BodyBudget budget)
    {
        _budget = budget;
        _array = Rent(Front + capacity + Back);
    }

    public int Length { get; private set; }

    public Memory<byte> Memory => Array.AsMemory(Front, Length);

    public Span<byte> Span => Array.AsSpan(Front, Length);

    /// <summary>The content with its spare byte on either side.</summary>
    public Memory<byte> WithSpares => Array.AsMemory(0, Front + Length + Back);

    private byte[] Array => _array ?? throw new ObjectDisposedException(nameof(PooledBytes));

    /// <summary>Where the next bytes go; never empty.</summary>
    public Memory<byte> Free()
    {
        if (Front + Length + Back == Array.Length)
        {
            Grow();
        }

        return Array.AsMemory(Front + Length, Array.Length - Front - Length - Back);
    }

    public void Advance(int count) => Length += count;

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
