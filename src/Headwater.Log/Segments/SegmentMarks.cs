using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Log.Segments;

/// <summary>Positions of a segment whose offsets are known: the entries of its index, and the end that the tail knows.</summary>
/// <param name="entries">Entries for some blocks, ascending.</param>
/// <param name="end">The position and offset after the last known block; null if the segment is sealed.</param>
internal sealed class SegmentMarks(IReadOnlyList<IndexEntry> entries, (long Position, Offset Offset)? end)
{
    public static SegmentMarks None { get; } = new([], null);

    /// <summary>The last entry at or before the offset. If null, search from the segment's first block.</summary>
    public IndexEntry? Before(Offset offset) => IndexSearch.ByOffset(entries, offset);

    /// <summary>The offset of the block at the position, or the end; null if it is not known.</summary>
    public Offset? At(long position)
    {
        int found = FirstAt(position);
        if (found < entries.Count && entries[found].Position == position)
        {
            return entries[found].Offset;
        }

        return end is { } last && last.Position == position ? last.Offset : null;
    }

    /// <summary>The first position at or after this one whose offset is known; null if there is none.</summary>
    public long? Following(long position)
    {
        int found = FirstAt(position);
        if (found < entries.Count)
        {
            return entries[found].Position;
        }

        return end is { } last && last.Position >= position ? last.Position : null;
    }

    /// <summary>The number of the first entry at or after the position.</summary>
    private int FirstAt(long position) => IndexSearch.CountWhile(entries, entry => entry.Position < position);
}
