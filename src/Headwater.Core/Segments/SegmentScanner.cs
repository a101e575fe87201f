using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>
/// Reads and verifies consecutive blocks of a segment, including that offsets and append times ascend from block to block. Stops before
/// an incomplete last block; to continue, read further bytes from <see cref="Position"/>.
/// </summary>
/// <param name="data">The bytes of the segment from <paramref name="position"/>, where a block must start.</param>
/// <param name="position">The position of the data in the blob.</param>
/// <param name="codec">The segment's codec.</param>
/// <param name="sync">The segment's sync marker.</param>
/// <param name="block">Receives each block.</param>
public ref struct SegmentScanner(ReadOnlySpan<byte> data, long position, BlockCodec codec, SyncMarker sync, DecodedBlock block)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private readonly long _origin = position;
    private Offset _least;
    private UnixMicros _last = UnixMicros.MinValue;

    /// <summary>The block last read; valid until the next <see cref="MoveNext"/>.</summary>
    public readonly DecodedBlock Current => block;

    /// <summary>The position of the next block in the blob.</summary>
    public long Position { get; private set; } = position;

    /// <summary>The number of bytes not read; after the last block, those of an incomplete block.</summary>
    public readonly int Remaining => _data.Length - (int)(Position - _origin);

    /// <summary>Reads the next block.</summary>
    /// <returns>False if no complete block remains.</returns>
    /// <exception cref="SegmentFormatException">The block is corrupt, or not after the previous block in offset and append time.</exception>
    public bool MoveNext()
    {
        if (!BlockDecoder.TryRead(_data[(int)(Position - _origin)..], Position, codec, sync, block))
        {
            return false;
        }

        if (block.FirstOffset < _least || block.Appended < _last)
        {
            throw new SegmentFormatException("a block does not come after the one before it", Position);
        }

        _last = block.Appended;
        _least = Following(block);
        Position += block.Length;
        return true;
    }

    /// <summary>Checks that no bytes remain, for the end of a sealed segment.</summary>
    /// <exception cref="SegmentFormatException">An incomplete block remains.</exception>
    public readonly void ExpectEnd()
    {
        if (Remaining > 0)
        {
            throw new SegmentFormatException($"the last {Remaining} bytes of a segment are not a complete block", Position);
        }
    }

    /// <summary>The lowest offset that the block after this one may start with.</summary>
    private static Offset Following(DecodedBlock block) =>
        block.FirstOffset.Value <= long.MaxValue - block.Count
            ? block.FirstOffset + block.Count
            : throw new SegmentFormatException("the offsets of a block overflow", block.Position);
}
