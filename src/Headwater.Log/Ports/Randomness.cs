namespace Headwater.Log.Ports;

/// <summary>The source of ids and jitter. Hosts pass <see cref="System"/>; a simulator passes a seeded one.</summary>
public abstract class Randomness
{
    /// <summary>The operating system's cryptographic generator. Thread-safe.</summary>
    public static Randomness System { get; } = new OperatingSystemRandomness();

    /// <summary>Fills the whole span with random bytes. The log calls this from several threads at once.</summary>
    public abstract void Fill(Span<byte> bytes);

    /// <summary>A 128-bit id from 16 random bytes: large enough that ids are unique without coordination.</summary>
    public UInt128 NextId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Fill(bytes);
        return global::System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>A number from 0 up to but excluding 1, uniformly distributed, with 53 random bits.</summary>
    public double NextFraction()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return (global::System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 11) * (1.0 / (1UL << 53));
    }

    private sealed class OperatingSystemRandomness : Randomness
    {
        public override void Fill(Span<byte> bytes) => global::System.Security.Cryptography.RandomNumberGenerator.Fill(bytes);
    }
}
