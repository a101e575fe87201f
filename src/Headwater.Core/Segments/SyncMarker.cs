using System.Buffers.Binary;
using System.Globalization;

namespace Headwater.Core.Segments;

/// <summary>The bytes that end the header and every block of one segment. 16 bytes, big-endian.</summary>
public readonly record struct SyncMarker(UInt128 Value)
{
    public const int Size = 16;

    /// <exception cref="ArgumentOutOfRangeException">Fewer than 16 bytes are given; more are ignored.</exception>
    public static SyncMarker FromBytes(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    public bool TryWriteBytes(Span<byte> destination) => BinaryPrimitives.TryWriteUInt128BigEndian(destination, Value);

    /// <summary>32 lowercase hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
