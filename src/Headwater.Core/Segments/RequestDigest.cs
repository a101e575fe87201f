using System.Buffers.Binary;
using System.Globalization;

namespace Headwater.Core.Segments;

/// <summary>The first 16 bytes of the SHA-256 of a request's canonical body, stored big-endian.</summary>
/// <param name="Value">The 16 bytes as a big-endian number.</param>
public readonly record struct RequestDigest(UInt128 Value)
{
    /// <summary>The size in bytes.</summary>
    public const int Size = 16;

    /// <summary>Reads a digest from the first 16 bytes, big-endian; further bytes are ignored.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> has fewer than 16 bytes.</exception>
    public static RequestDigest FromBytes(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    /// <summary>Writes the digest as 16 bytes, big-endian.</summary>
    /// <returns>False if <paramref name="destination"/> has fewer than 16 bytes.</returns>
    public bool TryWriteBytes(Span<byte> destination) => BinaryPrimitives.TryWriteUInt128BigEndian(destination, Value);

    /// <summary>32 lowercase hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
