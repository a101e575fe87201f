using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>
/// Takes blocks of a dense segment into a page without decoding them. Their offsets are sums of the counts in their frames, which no checksum covers; so the
/// sums must agree with the next position whose offset is known: an index entry, or the end of the segment or of the log. If that position is not among the
/// bytes that were read, the page's last block is decoded instead: it states its own offset and count.
/// </summary>
/// <param name="from">The segment.</param>
/// <param name="header">Its header.</param>
/// <param name="marks">Known positions.</param>
/// <param name="first">The offset of the first block that is passed.</param>
/// <param name="page">Takes the blocks.</param>
internal sealed class FrameWalk(SegmentRead from, SegmentHeader header, SegmentMarks marks, Offset first, RawPageBuilder page)
{
    private Offset _next = first;

    /// <summary>Whether no counts wait to be confirmed.</summary>
    private bool _isConfirmed = true;

    private long _end;

    /// <summary>Whether the page takes no more blocks of the segment.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Whether no more blocks need to be passed.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Passes the next block, and takes it into the page if it is wanted and fits.</summary>
    /// <exception cref="HeadwaterException">CorruptSegment.</exception>
    public void Pass(in StoredFrame frame)
    {
        Compare(frame.Position);
        if (_next >= from.Segment.Visible.End)
        {
            IsOver = true;
            return;
        }

        Offset offset = _next;
        (_next, _end) = (offset + frame.Count, frame.End);
        IsFull = IsFull || (_next > page.Start && !page.TryAdd(new RawBlock(offset, frame.Count, frame.Position, frame.Stored), Visible(_next)));
        if (!IsFull)
        {
            _isConfirmed = false;
            return;
        }

        // The page's counts are confirmed by what the same read has, or not at all.
        IsOver = _isConfirmed || !(marks.Following(frame.End) <= frame.ReadEnd);
    }

    /// <summary>The budget has no memory for another block.</summary>
    public void Close() => IsFull = true;

    /// <summary>
    /// Confirms the counts of the page's blocks. If the budget has no memory to decode the last one, the page is cut to the blocks that are confirmed.
    /// </summary>
    /// <exception cref="HeadwaterException">CorruptSegment; Overloaded, if no block is confirmed.</exception>
    public void Confirm()
    {
        Compare(_end);
        bool isWhole = !IsFull && !from.IsActive;
        if (isWhole && _next != from.Segment.Visible.End)
        {
            throw Disagreement(_next, from.Segment.Visible.End, "its end");
        }

        if (isWhole || _isConfirmed || page.Last is not { } last)
        {
            return;
        }

        try
        {
            RequireStated(last);
        }
        catch (HeadwaterException exhausted) when (exhausted.Code == ErrorCode.Overloaded && page.TryCut())
        {
            IsFull = true;
        }
    }

    private Offset Visible(Offset end) => end < from.Segment.Visible.End ? end : from.Segment.Visible.End;

    /// <summary>
    /// If the offset at the position is known, the sum of the counts must be it. Behind a full page, a difference says nothing about the page: its last block
    /// is then decoded.
    /// </summary>
    private void Compare(long position)
    {
        if (marks.At(position) is not { } known)
        {
            return;
        }

        if (known == _next)
        {
            _isConfirmed = true;
            page.Confirm();
        }
        else if (!IsFull)
        {
            throw Disagreement(_next, known, $"byte {position}");
        }
    }

    private void RequireStated(RawBlock last)
    {
        using DecodedBlock block = from.Lane.Scan.Decode(
            from.Segment.File.Name, header, new StoredFrame(last.Position, last.Count, last.Stored, last.Position + last.Stored.Length));
        if (block.FirstOffset != last.First)
        {
            throw Disagreement(last.First, block.FirstOffset, $"byte {last.Position}");
        }
    }

    private HeadwaterException Disagreement(Offset summed, Offset known, string where) => new(
        ErrorCode.CorruptSegment,
        $"{from.Segment.File.Name}: the counts of its blocks lead to offset {summed} at {where}, where {known} is.");
}
