using System.Buffers;
using System.Text;
using Headwater.Core.Positions;

namespace Headwater.Core.Partitioning;

/// <summary>
/// Assigns a key to a partition as Kafka's default partitioner does for keyed records:
/// <c>(murmur2(key) &amp; 0x7fffffff) % partitions</c>, on the key's UTF-8 bytes.
/// </summary>
public static class KeyPartitioner
{
    private const int StackBytes = 512;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The partition of a key given as UTF-8.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="partitions"/> is below 1.</exception>
    public static PartitionId For(ReadOnlySpan<byte> utf8Key, int partitions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        return new PartitionId((Murmur2.Hash(utf8Key) & 0x7fffffff) % partitions);
    }

    /// <summary>The partition of a key. Keys up to 170 UTF-16 units allocate nothing; longer ones use a pooled buffer.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="partitions"/> is below 1.</exception>
    /// <exception cref="EncoderFallbackException">The key contains an unpaired surrogate.</exception>
    public static PartitionId For(string key, int partitions)
    {
        int most = StrictUtf8.GetMaxByteCount(key.Length);
        if (most <= StackBytes)
        {
            Span<byte> stack = stackalloc byte[StackBytes];
            return For(stack[..StrictUtf8.GetBytes(key, stack)], partitions);
        }

        byte[] rented = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            return For(rented.AsSpan(0, StrictUtf8.GetBytes(key, rented)), partitions);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
