using System.Numerics;
using System.Runtime.InteropServices;

namespace Headwater.Core.Segments;

/// <summary>
/// CRC-32C (Castagnoli, RFC 3720 appendix B.4): reflected polynomial 0x82f63b78, initial and final value inverted.
/// To checksum data in pieces, begin with <see cref="Start"/>, call <see cref="Append"/> for each piece, then <see cref="Finish"/>.
/// </summary>
public static class Crc32C
{
    /// <summary>The size of a checksum in bytes.</summary>
    public const int Size = 4;

    /// <summary>The state before the first piece.</summary>
    public const uint Start = uint.MaxValue;

    /// <summary>The checksum of the data. Allocates nothing.</summary>
    public static uint Of(ReadOnlySpan<byte> data) => Finish(Append(Start, data));

    /// <summary>The state after a further piece of data.</summary>
    public static uint Append(uint state, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(data);
        foreach (ulong word in words)
        {
            state = BitOperations.Crc32C(state, BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (byte rest in data[(words.Length * sizeof(ulong))..])
        {
            state = BitOperations.Crc32C(state, rest);
        }

        return state;
    }

    /// <summary>The checksum of all pieces so far.</summary>
    public static uint Finish(uint state) => ~state;
}
