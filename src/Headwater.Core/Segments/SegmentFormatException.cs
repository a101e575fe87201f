namespace Headwater.Core.Segments;

/// <summary>Stored bytes that are not what was written: a segment, an index or a checkpoint is corrupt, or newer than this code.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="position">The byte of the blob where it was found; for what lies inside a compressed block, the block's first byte.</param>
/// <param name="inner">The decoder's own finding.</param>
/// <param name="isTooLarge">Nothing more is known to be wrong than that a bound of the caller's is passed.</param>
public sealed class SegmentFormatException(string message, long position, Exception? inner = null, bool isTooLarge = false)
    : Exception($"{message} (at byte {position})", inner)
{
    public long Position { get; } = position;

    public bool IsTooLarge { get; } = isTooLarge;
}
