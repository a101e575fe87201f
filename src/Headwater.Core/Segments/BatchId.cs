using System.Buffers.Binary;
using System.Globalization;

namespace Headwater.Core.Segments;

/// <summary>What makes a batch unlike every other, so that a writer knows its own bytes. 16 bytes, big-endian.</summary>
public readonly record struct BatchId(UInt128 Value)
{
    public const int Size = 16;

    /// <exception cref="ArgumentOutOfRangeException">Fewer than 16 bytes are given; more are ignored.</exception>
    public static BatchId FromBytes(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    public bool TryWriteBytes(Span<byte> destination) => BinaryPrimitives.TryWriteUInt128BigEndian(destination, Value);

    /// <summary>32 lowercase hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
