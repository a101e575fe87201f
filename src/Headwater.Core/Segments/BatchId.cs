using System.Buffers.Binary;
using System.Globalization;

namespace Headwater.Core.Segments;

/// <summary>Identifies a batch, so that a writer can recognise its own bytes after a lost answer. Stored as 16 bytes, big-endian.</summary>
/// <param name="Value">Unique per batch.</param>
public readonly record struct BatchId(UInt128 Value)
{
    /// <summary>The size in bytes.</summary>
    public const int Size = 16;

    /// <summary>Reads a batch id from the first 16 bytes, big-endian; further bytes are ignored.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> has fewer than 16 bytes.</exception>
    public static BatchId FromBytes(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    /// <summary>Writes the batch id as 16 bytes, big-endian.</summary>
    /// <returns>False if <paramref name="destination"/> has fewer than 16 bytes.</returns>
    public bool TryWriteBytes(Span<byte> destination) => BinaryPrimitives.TryWriteUInt128BigEndian(destination, Value);

    /// <summary>32 lowercase hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
