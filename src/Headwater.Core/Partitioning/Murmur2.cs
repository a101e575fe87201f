using System.Buffers.Binary;

namespace Headwater.Core.Partitioning;

/// <summary>
/// 32-bit MurmurHash2 as Apache Kafka computes it (org.apache.kafka.common.utils.Utils.murmur2): little-endian words, seed
/// 0x9747b28c. The placement of stored events depends on this hash, so it must never change.
/// </summary>
public static class Murmur2
{
    private const uint Seed = 0x9747b28c;
    private const uint Multiplier = 0x5bd1e995;
    private const int Rotation = 24;

    /// <summary>The signed 32-bit hash of the bytes. Allocates nothing.</summary>
    public static int Hash(ReadOnlySpan<byte> data)
    {
        uint hash = Seed ^ (uint)data.Length;
        while (data.Length >= 4)
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(data) * Multiplier;
            word ^= word >> Rotation;
            hash = (hash * Multiplier) ^ (word * Multiplier);
            data = data[4..];
        }

        if (data.Length > 0)
        {
            uint tail = data[0];
            if (data.Length > 1)
            {
                tail |= (uint)data[1] << 8;
            }

            if (data.Length > 2)
            {
                tail |= (uint)data[2] << 16;
            }

            hash = (hash ^ tail) * Multiplier;
        }

        hash = (hash ^ (hash >> 13)) * Multiplier;
        return (int)(hash ^ (hash >> 15));
    }
}
