using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Log.Segments;

/// <summary>
/// Builds the sparse index of a segment while it is written: an entry for the first block and then at most one per <see cref="Interval"/> bytes, so a read
/// scans about that many bytes before its first event.
/// </summary>
internal sealed class IndexBuilder
{
    public const long Interval = 256 << 10;

    private const int EntryBytes = 24;

    /// <summary>More than the largest page passes.</summary>
    private const int EntriesOfPage = 192;

    private readonly List<IndexEntry> _entries = [];

    public void Restore(IReadOnlyList<IndexEntry> entries)
    {
        _entries.Clear();
        _entries.AddRange(entries);
    }

    public void Clear() => _entries.Clear();

    public void Note(StoredBatch block) => Note(block.Position, block.First, block.Appended);

    public void Note(long position, Offset first, UnixMicros appended)
    {
        if (_entries.Count == 0 || position - _entries[^1].Position >= Interval)
        {
            _entries.Add(new IndexEntry(first, appended, position));
        }
    }

    public IReadOnlyList<IndexEntry> Entries => _entries;

    /// <summary>A copy of the last entry at or before the offset and of those after it that a page from there may pass.</summary>
    public IReadOnlyList<IndexEntry> Around(Offset offset)
    {
        int first = Math.Max(0, IndexSearch.CountWhile(_entries, e => e.Offset <= offset) - 1);
        return _entries.GetRange(first, Math.Min(EntriesOfPage, _entries.Count - first));
    }

    /// <summary>Bytes held, estimated.</summary>
    public long Bytes => EntryBytes * (long)_entries.Count;
}
