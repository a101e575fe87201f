using System.Buffers;
using System.Numerics;
using Headwater.Core.Memory;

namespace Headwater.Core.Segments;

/// <summary>A growing buffer over memory from the shared array pool. It can be truncated, patched and reused. Not thread-safe.</summary>
public sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private readonly IMemoryBudget? _budget;
    private byte[] _bytes;
    private int _length;

    /// <summary>Rents the first array.</summary>
    /// <param name="capacity">The initial capacity in bytes, at least 0.</param>
    /// <param name="budget">Charged for the capacity until the buffer is disposed; while it grows, for the old and the new array. Null: not charged.</param>
    public PooledBuffer(int capacity = 256, IMemoryBudget? budget = null)
    {
        _budget = budget;
        _bytes = Rent(capacity);
    }

    /// <summary>The number of bytes written.</summary>
    public int Length => _length;

    /// <summary>The bytes of the array.</summary>
    internal int Capacity => _bytes.Length;

    /// <summary>The bytes written; valid until the next write or disposal.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>The bytes written, for asynchronous calls; valid until the next write or disposal.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, _length);

    /// <summary>The written bytes from <paramref name="start"/> (included) to <paramref name="end"/> (excluded).</summary>
    public ReadOnlySpan<byte> Slice(int start, int end) => _bytes.AsSpan(start, end - start);

    /// <summary>Written bytes to overwrite.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range exceeds the bytes written.</exception>
    public Span<byte> Patch(int start, int length) => _bytes.AsSpan(0, _length).Slice(start, length);

    /// <summary>Removes the bytes from <paramref name="length"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or above <see cref="Length"/>.</exception>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)_length);
        _length = length;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative or exceeds the span last requested.</exception>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - _length));
        _length += count;
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_length);
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_length);
    }

    /// <summary>Returns the memory to the pool. The buffer is then empty and usable.</summary>
    public void Dispose()
    {
        byte[] bytes = _bytes;
        _bytes = [];
        _length = 0;
        Return(bytes);
    }

    private void Reserve(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (sizeHint == 0)
        {
            sizeHint = 1;
        }

        if (sizeHint > _bytes.Length - _length)
        {
            Grow(checked(_length + sizeHint));
        }
    }

    private void Grow(int needed)
    {
        byte[] larger = Rent((int)Math.Max(needed, Math.Min((long)_bytes.Length * 2, Array.MaxLength)));
        Written.CopyTo(larger);
        byte[] old = _bytes;
        _bytes = larger;
        Return(old);
    }

    private byte[] Rent(int capacity)
    {
        if (_budget is null)
        {
            return ByteArrays.Rent(capacity);
        }

        // The pool rounds up to a power of two; it is charged before the array exists.
        long charged = BitOperations.RoundUpToPowerOf2((uint)capacity);
        _budget.Take(charged);
        byte[]? rented = null;
        try
        {
            rented = ByteArrays.Rent(capacity);
            if (rented.Length > charged)
            {
                _budget.Take(rented.Length - charged);
            }
        }
        catch
        {
            // The array does not exist, or the rest of it cannot be charged.
            _budget.GiveBack(charged);
            if (rented is not null)
            {
                ByteArrays.Return(rented);
            }

            throw;
        }

        _budget.GiveBack(Math.Max(0, charged - rented.Length));
        return rented;
    }

    private void Return(byte[] array)
    {
        if (array.Length > 0)
        {
            ByteArrays.Return(array);
            _budget?.GiveBack(array.Length);
        }
    }
}
