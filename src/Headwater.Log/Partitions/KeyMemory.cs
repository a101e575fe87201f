using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;

namespace Headwater.Log.Partitions;

/// <summary>
/// Remembers where the batches with a request key are that were appended within the last hour of the log, so that a repeated request gets its first answer:
/// a table of the active segment's keys, and a sorted index per earlier segment, which is loaded when a key is first asked for. The blocks in the log decide;
/// the places only say where to look. Not thread-safe: the tail guards it.
/// </summary>
internal sealed class KeyMemory(MemoryOptions options)
{
    private readonly KeyTable _active = new();

    private readonly List<RememberedSegment> _segments = [];

    /// <summary>The keys of the earlier segments.</summary>
    private long _earlier;

    private readonly RecentBatches _recent = new(options.RecentBatches);

    /// <summary>The keys of the active segment.</summary>
    public int ActiveCount => _active.Count;

    /// <summary>The append time of the last keyed batch in the active segment; 0 (1970) without one.</summary>
    public UnixMicros LastKeyed { get; private set; } = new(0);

    /// <summary>Keyed batches appended at this time or earlier may be forgotten for their number, or by an older version; 0 (1970) if none is.</summary>
    public UnixMicros Dropped { get; private set; } = new(0);

    /// <summary>The earlier segments.</summary>
    public IReadOnlyList<RememberedSegment> Segments => _segments;

    /// <summary>Whether the keys of all earlier segments are in memory.</summary>
    public bool AreLoaded => _segments.TrueForAll(s => s.Keys is not null);

    /// <summary>All keys that are remembered.</summary>
    public long Count => _active.Count + _earlier;

    /// <summary>Bytes of the keys in memory.</summary>
    public long Bytes => _active.Bytes + _segments.Sum(s => (long)(s.Keys?.Bytes ?? 0)) + (RecentBatches.BytesEach * _recent.Count);

    public void Restore(PartitionCheckpoint checkpoint)
    {
        _active.Restore(checkpoint.Keys);
        LastKeyed = checkpoint.LastKeyed;
        Dropped = checkpoint.KeysDropped;
        _segments.Clear();
        _segments.AddRange(checkpoint.KeySegments.Select(s => new RememberedSegment(s, null, null)));
        _earlier = _segments.Sum(s => (long)s.Segment.Count);
    }

    /// <summary>Takes the earlier segments that a header lists, except those that are known.</summary>
    public void Learn(IReadOnlyList<KeySegment> listed)
    {
        KeySegment[] unknown = [.. listed.Where(l => _segments.TrueForAll(s => s.Segment.Base != l.Base))];
        if (unknown.Length == 0)
        {
            return;
        }

        _segments.AddRange(unknown.Select(s => new RememberedSegment(s, null, null)));
        _earlier += unknown.Sum(s => (long)s.Count);
        _segments.Sort((left, right) => left.Segment.Base.CompareTo(right.Segment.Base));
        if (IsNearLimit(listed.Sum(l => (long)l.Count)))
        {
            DropUpTo(listed[0].Last); // The writer may have dropped older segments for their number.
        }
    }

    /// <summary>
    /// As <see cref="Dropped"/>, but while the memory is almost full, also what was appended before the end of its first segment: the header from which it
    /// began does not say whether its writer had dropped a segment before.
    /// </summary>
    public UnixMicros MayBeDropped =>
        _segments.Count > 0 && IsNearLimit(Count) && _segments[0].Segment.Last is var first && first > Dropped ? first : Dropped;

    /// <summary>Notes that keyed batches appended at this time or earlier may be forgotten.</summary>
    public void DropUpTo(UnixMicros appended) => Dropped = appended > Dropped ? appended : Dropped;

    /// <summary>Remembers a stored batch of the active segment if it has a key.</summary>
    public void Note(StoredBatchKey batch)
    {
        _active.Add(batch.Batch.Request, batch.Position);
        _recent.Add(batch.Batch, batch.Appended);
        LastKeyed = batch.Appended;
    }

    /// <summary>The active segment has ended: its keys become those of an earlier segment.</summary>
    public void EndSegment(Offset segmentBase, TailHeader? header)
    {
        if (_active.Count > 0)
        {
            _segments.Add(new RememberedSegment(new KeySegment(segmentBase, _active.Count, LastKeyed), _active.ToIndex(), header));
            _earlier += _active.Count;
        }

        _active.Clear();
        LastKeyed = new UnixMicros(0);
    }

    /// <summary>Forgets the segments whose keys are all older than the window, and the oldest ones above the number of keys.</summary>
    public void Expire(UnixMicros now)
    {
        UnixMicros since = Since(now);
        while (_segments.Count > 0 && _segments[0].Segment is var oldest && (oldest.Last < since || Count > options.Keys))
        {
            if (oldest.Last >= since)
            {
                DropUpTo(oldest.Last);
            }

            _earlier -= oldest.Count;
            _segments.RemoveAt(0);
        }
    }

    /// <summary>Takes the loaded keys of an earlier segment.</summary>
    public void Install(Offset segmentBase, KeyIndex keys, TailHeader header)
    {
        int at = _segments.FindIndex(s => s.Segment.Base == segmentBase);
        if (at >= 0)
        {
            _segments[at] = _segments[at] with { Keys = keys, Header = header };
        }
    }

    /// <summary>What is known of a key. The newest place decides first: what was appended before an expired batch has expired too.</summary>
    /// <param name="key">The key.</param>
    /// <param name="active">The base offset of the active segment.</param>
    /// <param name="now">The append time of the log's last event.</param>
    /// <param name="lookup">What was read.</param>
    public KeyAnswer Find(RequestKey key, Offset active, UnixMicros now, KeyLookup lookup)
    {
        UnixMicros since = Since(now);
        if (_recent.Find(key) is { } recent && recent.Appended >= since)
        {
            return new KeyAnswer(recent.Batch, null);
        }

        foreach (KeyPlace place in Places(key, active))
        {
            if (lookup.Fact(place) is not { } fact)
            {
                return new KeyAnswer(null, place);
            }

            if (fact.Appended < since)
            {
                break;
            }

            if (fact.Batch is { } found && found.Request == key)
            {
                return new KeyAnswer(found, null);
            }
        }

        return new KeyAnswer(lookup.Recalled(key), null);
    }

    /// <summary>The oldest earlier segment that compaction and retention must leave as it is, because a request key in it is remembered.</summary>
    /// <param name="now">The service's time.</param>
    public KeyHold? Hold(UnixMicros now)
    {
        UnixMicros since = Since(now).Plus(-options.KeyMargin);
        int first = _segments.FindIndex(s => s.Segment.Last >= since);
        return first < 0 ? null : new KeyHold(_segments[first].Segment.Base, _segments[first].Segment.Last.Plus(options.KeyWindow).Plus(options.KeyMargin));
    }

    /// <summary>The append time from which on keys are remembered, at a time of the log.</summary>
    public UnixMicros Since(UnixMicros now) => now.Plus(-options.KeyWindow);

    /// <summary>The keys of the active segment, to persist.</summary>
    public KeyIndex ActiveIndex() => _active.ToIndex();

    /// <summary>The places in the active segment that may have the key, newest first.</summary>
    public IReadOnlyList<KeyPlace> ActivePlaces(RequestKey key, Offset active)
    {
        var positions = new List<uint>();
        _active.Find(key, positions);
        positions.Sort((left, right) => right.CompareTo(left));
        return [.. positions.Select(p => new KeyPlace(active, p))];
    }

    /// <summary>
    /// Whether a segment may have been dropped from a memory of this many keys. A dropped segment usually has at most
    /// <see cref="MemoryOptions.SegmentKeys"/>; one append may have added more, so an eighth of the limit is assumed.
    /// </summary>
    private bool IsNearLimit(long keys) => keys >= options.Keys - Math.Max(options.Keys / 8, 2L * options.SegmentKeys);

    /// <summary>The places that may have the key, newest first. Earlier segments that are not loaded are left out.</summary>
    private IEnumerable<KeyPlace> Places(RequestKey key, Offset active)
    {
        foreach (KeyPlace place in ActivePlaces(key, active))
        {
            yield return place;
        }

        for (int i = _segments.Count - 1; i >= 0; i--)
        {
            RememberedSegment segment = _segments[i];
            uint[] found = segment.Keys is null ? [] : segment.Keys.Find(key).ToArray();
            for (int j = found.Length - 1; j >= 0; j--)
            {
                yield return new KeyPlace(segment.Segment.Base, found[j]);
            }
        }
    }
}

/// <summary>A keyed batch of the active segment.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Position">The position of its block.</param>
/// <param name="Appended">Its append time.</param>
internal readonly record struct StoredBatchKey(KeyedBatch Batch, long Position, UnixMicros Appended);
