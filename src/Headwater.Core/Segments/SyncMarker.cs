using System.Buffers.Binary;
using System.Globalization;

namespace Headwater.Core.Segments;

/// <summary>The marker that ends the header and every block of one segment (Avro container files). Stored as 16 bytes, big-endian.</summary>
/// <param name="Value">Random, different for every segment.</param>
public readonly record struct SyncMarker(UInt128 Value)
{
    /// <summary>The size in bytes.</summary>
    public const int Size = 16;

    /// <summary>Reads a sync marker from the first 16 bytes, big-endian; further bytes are ignored.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> has fewer than 16 bytes.</exception>
    public static SyncMarker FromBytes(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    /// <summary>Writes the sync marker as 16 bytes, big-endian.</summary>
    /// <returns>False if <paramref name="destination"/> has fewer than 16 bytes.</returns>
    public bool TryWriteBytes(Span<byte> destination) => BinaryPrimitives.TryWriteUInt128BigEndian(destination, Value);

    /// <summary>32 lowercase hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
