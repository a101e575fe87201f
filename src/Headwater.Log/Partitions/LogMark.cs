using Headwater.Core.Positions;
using Headwater.Log.Ports;

namespace Headwater.Log.Partitions;

/// <summary>
/// A place in a segment where a block ends, and the offset of the next event. A segment only grows, so a mark stays true for as long as the segment exists.
/// </summary>
/// <param name="SegmentBase">The segment's base offset.</param>
/// <param name="Position">Bytes up to the mark; 0 for a segment of which nothing is known.</param>
/// <param name="Next">The next offset.</param>
internal sealed record LogMark(Offset SegmentBase, long Position, Offset Next)
{
    /// <summary>True in every partition while its first segment exists.</summary>
    public static LogMark Start { get; } = new(Offset.Zero, 0, Offset.Zero);

    public static LogMark Of(TailPosition at) => new(at.SegmentBase, at.Position, at.Next);

    /// <summary>The mark that a row of published positions has; null if it lacks a number.</summary>
    public static LogMark? Of(TableRow row) =>
        row.Number("segmentBase") is >= 0 and { } segment
        && row.Number("segmentBytes") is > 0 and { } bytes
        && row.Number("logEnd") is { } end
        && end >= segment
            ? new LogMark(new Offset(segment), bytes, new Offset(end))
            : null;
}
