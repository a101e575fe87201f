using System.Buffers;
using System.Buffers.Binary;
using Headwater.Core.Avro;
using Headwater.Core.Memory;

namespace Headwater.Core.Schemas.Json;

/// <summary>
/// The Avro binary of one value of at most <see cref="MaxBytes"/>. What exceeds the limit is not written and sets <see cref="Overflowed"/>, so that only the
/// end of a conversion has to check. Reused for many values. Not thread-safe.
/// </summary>
internal sealed class ValueBuffer : IBufferWriter<byte>, IDisposable
{
    /// <summary>The size of a value in bytes. Larger values are rare, and another path converts them.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int AtFirst = 1024;

    private byte[] _bytes = ByteArrays.Rent(AtFirst);
    private int _length;

    /// <summary>Whether something did not fit since the last <see cref="Clear"/>. What is written is then incomplete.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>The number of bytes written.</summary>
    public int Length => _length;

    /// <summary>The bytes written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>Removes everything and keeps the memory.</summary>
    public void Clear()
    {
        _length = 0;
        Overflowed = false;
    }

    /// <summary>Removes what was written from <paramref name="length"/> on.</summary>
    public void Truncate(int length) => _length = Math.Min(_length, length);

    public void Dispose()
    {
        byte[] bytes = _bytes;
        _bytes = [];
        _length = 0;
        if (bytes.Length > 0)
        {
            ByteArrays.Return(bytes);
        }
    }

    public void WriteLong(long value)
    {
        Span<byte> span = Room(AvroWriter.MaxLongBytes);
        if (!span.IsEmpty)
        {
            _length += AvroWriter.PutLong(span, value);
        }
    }

    public void WriteByte(byte value)
    {
        Span<byte> span = Room(1);
        if (!span.IsEmpty)
        {
            span[0] = value;
            _length++;
        }
    }

    public void WriteFloat(float value)
    {
        Span<byte> span = Room(sizeof(float));
        if (!span.IsEmpty)
        {
            BinaryPrimitives.WriteSingleLittleEndian(span, value);
            _length += sizeof(float);
        }
    }

    public void WriteDouble(double value)
    {
        Span<byte> span = Room(sizeof(double));
        if (!span.IsEmpty)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(span, value);
            _length += sizeof(double);
        }
    }

    /// <summary>Writes the length, then the bytes.</summary>
    public void WriteSized(ReadOnlySpan<byte> bytes)
    {
        Span<byte> span = Room(AvroWriter.MaxLongBytes + bytes.Length);
        if (!span.IsEmpty)
        {
            int length = AvroWriter.PutLong(span, bytes.Length);
            bytes.CopyTo(span[length..]);
            _length += length + bytes.Length;
        }
    }

    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        Span<byte> span = Room(bytes.Length);
        if (!span.IsEmpty)
        {
            bytes.CopyTo(span);
            _length += bytes.Length;
        }
    }

    /// <summary>Leaves room for the count of a block whose items are not counted yet.</summary>
    /// <returns>What <see cref="EndBlock"/> takes.</returns>
    public int BeginBlock()
    {
        int start = _length;
        WriteByte(0);
        return start;
    }

    /// <summary>
    /// Writes the count of the block that began at <paramref name="start"/>, and the end of its array or map. Without items only the end is written.
    /// </summary>
    public void EndBlock(int start, int count)
    {
        if (Overflowed)
        {
            return;
        }

        if (count == 0)
        {
            return; // The byte left for the count is the 0 that ends the array.
        }

        Span<byte> head = stackalloc byte[AvroWriter.MaxLongBytes];
        int size = AvroWriter.PutLong(head, count);
        if (size > 1)
        {
            MakeRoomAt(start + 1, size - 1);
        }

        if (!Overflowed)
        {
            head[..size].CopyTo(_bytes.AsSpan(start));
            WriteByte(0);
        }
    }

    /// <summary>Free bytes at the end, at least <paramref name="size"/>; empty if they do not fit.</summary>
    public Span<byte> Room(int size)
    {
        if (size > _bytes.Length - _length && !TryGrow(size))
        {
            return default;
        }

        return _bytes.AsSpan(_length);
    }

    /// <summary>Counts bytes that were written to <see cref="Room"/>.</summary>
    public void Advance(int count)
    {
        if (!Overflowed)
        {
            _length += count;
        }
    }

    /// <inheritdoc/>
    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => ((IBufferWriter<byte>)this).GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    /// <remarks>What does not fit is written to memory that is thrown away.</remarks>
    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint) =>
        Room(Math.Max(1, sizeHint)).IsEmpty ? new byte[Math.Max(1, sizeHint)] : _bytes.AsMemory(_length);

    private void MakeRoomAt(int at, int size)
    {
        if (Room(size).IsEmpty)
        {
            return;
        }

        _bytes.AsSpan(at, _length - at).CopyTo(_bytes.AsSpan(at + size));
        _length += size;
    }

    private bool TryGrow(int size)
    {
        if (_length + (long)size > MaxBytes)
        {
            Overflowed = true;
            return false;
        }

        byte[] larger = ByteArrays.Rent(Math.Max(_length + size, Math.Min(MaxBytes, 2 * _bytes.Length)));
        Written.CopyTo(larger);
        ByteArrays.Return(_bytes);
        _bytes = larger;
        return true;
    }
}
