using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;

namespace Headwater.Log.Segments;

/// <summary>The range of offsets of a block's events, including the gaps that compaction leaves.</summary>
internal static class BlockExtent
{
    /// <summary>Checks every event of a block whose checksum is right.</summary>
    /// <returns>One past the block's last offset, and the bytes of its largest event: key, headers and value.</returns>
    /// <exception cref="SegmentFormatException">An event does not fit the schema.</exception>
    public static (Offset End, int Longest) Check(DecodedBlock block, ValueSchema schema)
    {
        Offset end = block.FirstOffset;
        int longest = 0;
        foreach (DecodedEvent view in block.GetEvents(schema))
        {
            end = view.Offset.Next;
            longest = Math.Max(longest, view.Length);
        }

        return (end, longest);
    }

    /// <summary>One past the block's last offset.</summary>
    public static Offset End(DecodedBlock block, SegmentFileKind kind, ValueSchema schema)
    {
        if (kind == SegmentFileKind.Dense)
        {
            return block.FirstOffset + block.Count;
        }

        Offset end = block.FirstOffset;
        foreach (DecodedEvent view in block.GetEvents(schema))
        {
            end = view.Offset.Next;
        }

        return end;
    }

    /// <summary>
    /// The range with the first events of the block inside <paramref name="wanted"/>, at most <paramref name="most"/>, and the number of events in that range.
    /// In a gapped segment, the range starts where <paramref name="wanted"/> starts.
    /// </summary>
    public static (OffsetRange Range, int Events) Take(DecodedBlock block, SegmentFileKind kind, ValueSchema schema, OffsetRange wanted, int most)
    {
        if (kind == SegmentFileKind.Dense)
        {
            Offset first = block.FirstOffset > wanted.Start ? block.FirstOffset : wanted.Start;
            Offset last = block.FirstOffset + block.Count < wanted.End ? block.FirstOffset + block.Count : wanted.End;
            int events = (int)Math.Min(most, last - first);
            return (new OffsetRange(first, first + events), events);
        }

        int taken = 0;
        Offset end = wanted.Start;
        foreach (DecodedEvent view in block.GetEvents(schema))
        {
            if (view.Offset < wanted.Start)
            {
                continue;
            }

            if (taken == most || view.Offset >= wanted.End)
            {
                break;
            }

            taken++;
            end = view.Offset.Next;
        }

        return (new OffsetRange(wanted.Start, end), taken);
    }
}

/// <summary>Whether the offsets of a segment are dense (generation 0) or may have gaps (compacted).</summary>
internal enum SegmentFileKind
{
    Dense,
    Gapped,
}
