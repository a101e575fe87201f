using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>Binary search over the ascending entries of an index or a checkpoint.</summary>
public static class IndexSearch
{
    /// <summary>The last entry at or before the offset; null if there is none.</summary>
    public static IndexEntry? ByOffset(IReadOnlyList<IndexEntry> entries, Offset offset)
    {
        int low = 0;
        int high = entries.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (entries[middle].Offset <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? null : entries[low - 1];
    }

    /// <summary>
    /// The last entry strictly before the time; null if there is none. An entry at the same time does not qualify, because blocks before
    /// it may have that time too.
    /// </summary>
    public static IndexEntry? ByTime(IReadOnlyList<IndexEntry> entries, UnixMicros time)
    {
        int low = 0;
        int high = entries.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (entries[middle].Appended < time)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? null : entries[low - 1];
    }
}
