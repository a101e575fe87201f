using Headwater.Core.Memory;

namespace Headwater.Client;

/// <summary>Bytes of a segment in an array that is given back when its last user has released it.</summary>
internal sealed class RangeBuffer
{
    private readonly Action<byte[]> _giveBack;

    private byte[] _array;

    private int _users = 1;

    /// <param name="array">The array.</param>
    /// <param name="start">Where the bytes will begin.</param>
    /// <param name="giveBack">Takes the array after its last use.</param>
    public RangeBuffer(byte[] array, int start, Action<byte[]> giveBack)
    {
        (_array, _giveBack) = (array, giveBack);
        (Start, End) = (start, start);
    }

    public int Start { get; private set; }

    public int End { get; private set; }

    public int Length => End - Start;

    /// <summary>Whether <see cref="Append"/> is allowed.</summary>
    public bool IsGrowing { get; private init; }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Memory => _array.AsMemory(Start, Length);

    /// <summary>A buffer that grows, for a block that is larger than a range.</summary>
    /// <param name="bytes">Its first bytes.</param>
    /// <param name="giveBack">Takes the array after its last use.</param>
    public static RangeBuffer Growing(ReadOnlySpan<byte> bytes, Action<byte[]> giveBack)
    {
        var buffer = new RangeBuffer(ByteArrays.Rent(bytes.Length), 0, giveBack) { IsGrowing = true };
        buffer.Append(bytes);
        return buffer;
    }

    /// <summary>Room after the bytes; <see cref="Advance"/> adds what was written there.</summary>
    public Memory<byte> Room(int length) => _array.AsMemory(End, length);

    public void Advance(int length) => End += length;

    /// <summary>Puts bytes before the others.</summary>
    /// <returns>False if there is no room.</returns>
    public bool TryPrepend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Start)
        {
            return false;
        }

        Start -= bytes.Length;
        bytes.CopyTo(_array.AsSpan(Start));
        return true;
    }

    /// <summary>Appends bytes to a buffer of <see cref="Growing"/> that has one user. The array doubles if it must grow.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _array.Length - End)
        {
            byte[] larger = ByteArrays.Rent(Math.Max(2 * Length, Length + bytes.Length));
            Memory.Span.CopyTo(larger);
            ByteArrays.Return(_array);
            (_array, Start, End) = (larger, 0, Length);
        }

        bytes.CopyTo(_array.AsSpan(End));
        End += bytes.Length;
    }

    public RangeBuffer Retain()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _giveBack(_array);
            _array = [];
        }
    }
}
