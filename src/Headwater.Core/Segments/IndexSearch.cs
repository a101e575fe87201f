using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>Binary search over the ascending entries of an index or a checkpoint.</summary>
public static class IndexSearch
{
    /// <summary>The last entry at or before the offset; null if there is none.</summary>
    public static IndexEntry? ByOffset(IReadOnlyList<IndexEntry> entries, Offset offset) => Last(entries, entry => entry.Offset <= offset);

    /// <summary>
    /// The last entry strictly before the time; null if there is none. An entry at the same time does not qualify, because blocks before
    /// it may have that time too.
    /// </summary>
    public static IndexEntry? ByTime(IReadOnlyList<IndexEntry> entries, UnixMicros time) => Last(entries, entry => entry.Appended < time);

    /// <summary>The number of entries before the first one at which a condition does not hold; it must hold for none after that one.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="isBefore">The condition.</param>
    public static int CountWhile(IReadOnlyList<IndexEntry> entries, Func<IndexEntry, bool> isBefore)
    {
        int low = 0;
        int high = entries.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (isBefore(entries[middle]))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private static IndexEntry? Last(IReadOnlyList<IndexEntry> entries, Func<IndexEntry, bool> isBefore)
    {
        int count = CountWhile(entries, isBefore);
        return count == 0 ? null : entries[count - 1];
    }
}
