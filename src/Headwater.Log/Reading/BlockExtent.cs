using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;

namespace Headwater.Log.Reading;

/// <summary>Where a block's events lie, gaps of compaction included.</summary>
internal static class BlockExtent
{
    /// <summary>One past the block's last offset.</summary>
    public static Offset End(DecodedBlock block, SegmentFileKind kind, ValueSchema schema)
    {
        if (kind == SegmentFileKind.Dense)
        {
            return block.FirstOffset + block.Count;
        }

        Offset end = block.FirstOffset;
        foreach (EventView view in block.GetEvents(schema))
        {
            end = view.Offset.Next;
        }

        return end;
    }

    /// <summary>The range from <paramref name="start"/> that holds at most <paramref name="most"/> events of the block, and how many it holds.</summary>
    public static (OffsetRange Range, int Events) Take(DecodedBlock block, SegmentFileKind kind, ValueSchema schema, Offset start, int most)
    {
        if (kind == SegmentFileKind.Dense)
        {
            Offset first = block.FirstOffset > start ? block.FirstOffset : start;
            int events = (int)Math.Min(most, block.FirstOffset + block.Count - first);
            return (new OffsetRange(first, first + events), events);
        }

        int taken = 0;
        Offset end = start;
        foreach (EventView view in block.GetEvents(schema))
        {
            if (view.Offset < start)
            {
                continue;
            }

            if (taken == most)
            {
                break;
            }

            taken++;
            end = view.Offset.Next;
        }

        return (new OffsetRange(start, end), taken);
    }
}

/// <summary>Whether a segment's offsets are dense (generation 0) or may have gaps (compacted).</summary>
internal enum SegmentFileKind
{
    Dense,
    Gapped,
}
