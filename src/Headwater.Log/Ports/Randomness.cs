namespace Headwater.Log.Ports;

/// <summary>The source of ids and jitter. Hosts pass <see cref="System"/>; a simulator passes a seeded one.</summary>
public abstract class Randomness
{
    public static Randomness System { get; } = new OperatingSystemRandomness();

    public abstract void Fill(Span<byte> bytes);

    public UInt128 NextId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Fill(bytes);
        return global::System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>Uniform in [0, 1).</summary>
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
