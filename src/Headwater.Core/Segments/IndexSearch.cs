using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>Binary search over ascending index entries, of an index or of a checkpoint.</summary>
public static class IndexSearch
{
    /// <summary>The last entry at or before the offset.</summary>
    public static IndexEntry? ByOffset(IReadOnlyList<IndexEntry> entries, Offset offset)
    {
        int low = 0;
        int high = entries.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (entries[middle].Offset <= offset)
                low = middle + 1;
            else
                high = middle;
        }

        return low == 0 ? null : entries[low - 1];
    }

    /// <summary>The last entry before the time: blocks with the same time may precede an entry that has it.</summary>
    public static IndexEntry? ByTime(IReadOnlyList<IndexEntry> entries, UnixMicros time)
    {
        int low = 0;
        int high = entries.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (entries[middle].Appended < time)
                low = middle + 1;
            else
                high = middle;
        }

        return low == 0 ? null : entries[low - 1];
    }
}
