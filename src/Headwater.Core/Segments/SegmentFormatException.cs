namespace Headwater.Core.Segments;

/// <summary>A segment, an index or a checkpoint is corrupt, or of a version that this code does not support.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="position">The position of the error in the blob; for an error inside a compressed block, the position of the block.</param>
/// <param name="inner">The exception of the decoder, if there is one.</param>
/// <param name="isTooLarge">The only error is that the data exceeds a limit given by the caller.</param>
public sealed class SegmentFormatException(string message, long position, Exception? inner = null, bool isTooLarge = false)
    : Exception($"{message} (at byte {position})", inner)
{
    /// <summary>The position of the error in the blob; for an error inside a compressed block, the position of the block.</summary>
    public long Position { get; } = position;

    /// <summary>Whether the only error is that the data exceeds a limit given by the caller.</summary>
    public bool IsTooLarge { get; } = isTooLarge;
}
