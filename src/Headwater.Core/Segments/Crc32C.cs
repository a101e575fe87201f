using System.Numerics;
using System.Runtime.InteropServices;

namespace Headwater.Core.Segments;

/// <summary>
/// CRC-32C (Castagnoli, RFC 3720 appendix B.4): reflected polynomial 0x82f63b78, start and final value inverted.
/// Over pieces: <see cref="Start"/>, <see cref="Append"/> each, <see cref="Finish"/>.
/// </summary>
public static class Crc32C
{
    public const int Size = 4;
    public const uint Start = uint.MaxValue;

    public static uint Of(ReadOnlySpan<byte> data) => Finish(Append(Start, data));

    public static uint Append(uint state, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(data);
        foreach (ulong word in words)
            state = BitOperations.Crc32C(state, BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word));
        foreach (byte rest in data[(words.Length * sizeof(ulong))..])
            state = BitOperations.Crc32C(state, rest);
        return state;
    }

    public static uint Finish(uint state) => ~state;
}
