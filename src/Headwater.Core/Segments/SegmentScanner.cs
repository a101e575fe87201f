using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>
/// Walks the blocks of a span that begins at a block, proving each and that it comes after the one before. Stops in front of a
/// block the span ends inside of: read on from <see cref="Position"/>.
/// </summary>
/// <param name="data">The bytes of the segment from <paramref name="position"/>.</param>
/// <param name="position">Where in the blob they begin.</param>
/// <param name="codec">The segment's.</param>
/// <param name="sync">The segment's.</param>
/// <param name="block">Where every block is put.</param>
public ref struct SegmentScanner(ReadOnlySpan<byte> data, long position, BlockCodec codec, SyncMarker sync, DecodedBlock block)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private readonly long _origin = position;
    private Offset _least;
    private UnixMicros _last = UnixMicros.MinValue;

    /// <summary>The block last read; good until the next.</summary>
    public readonly DecodedBlock Current => block;

    /// <summary>Where in the blob the next block begins.</summary>
    public long Position { get; private set; } = position;

    /// <summary>Bytes left: 0, or those of a block that is not whole.</summary>
    public readonly int Remaining => _data.Length - (int)(Position - _origin);

    /// <exception cref="SegmentFormatException">A block is corrupt, or does not come after the one before.</exception>
    public bool MoveNext()
    {
        if (!BlockDecoder.TryRead(_data[(int)(Position - _origin)..], Position, codec, sync, block))
            return false;
        if (block.FirstOffset < _least || block.Appended < _last)
            throw new SegmentFormatException("a block does not come after the one before it", Position);
        _last = block.Appended;
        _least = Following(block);
        Position += block.Length;
        return true;
    }

    /// <summary>For the end of a segment, where no more can come.</summary>
    /// <exception cref="SegmentFormatException">A part of a block is left.</exception>
    public readonly void ExpectEnd()
    {
        if (Remaining > 0)
            throw new SegmentFormatException($"{Remaining} bytes at the end of a segment are not a whole block", Position);
    }

    /// <summary>The least offset a block behind this one can begin with.</summary>
    private static Offset Following(DecodedBlock block) =>
        block.FirstOffset.Value <= long.MaxValue - block.Count
            ? block.FirstOffset + block.Count
            : throw new SegmentFormatException("the offsets of a block overflow", block.Position);
}
