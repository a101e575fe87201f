using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <content>The memory of request keys.</content>
internal sealed partial class PartitionTail
{
    /// <summary>What is known of a request key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="lookup">What was read of keys.</param>
    public KeyAnswer Find(RequestKey key, KeyLookup lookup)
    {
        lock (_gate)
        {
            return _keys.Find(key, _position.SegmentBase, _position.LastAppended, lookup);
        }
    }

    /// <summary>The places in the active segment that may have the key, whatever their age.</summary>
    public IReadOnlyList<KeyPlace> ActivePlaces(RequestKey key)
    {
        lock (_gate)
        {
            return _keys.ActivePlaces(key, _position.SegmentBase);
        }
    }

    /// <summary>Codec and sync marker of a segment that the key memory covers; null if it does not, or its keys are not loaded.</summary>
    public TailHeader? HeaderOf(Offset segmentBase)
    {
        lock (_gate)
        {
            return segmentBase == _position.SegmentBase
                ? _position.Header : _keys.Segments.FirstOrDefault(s => s.Segment.Base == segmentBase)?.Header;
        }
    }

    /// <summary>The append time of the last keyed batch in a segment that the key memory covers; 0 (1970) if it does not.</summary>
    public UnixMicros LastKeyedOf(Offset segmentBase)
    {
        lock (_gate)
        {
            return segmentBase == _position.SegmentBase
                ? _keys.LastKeyed : _keys.Segments.FirstOrDefault(s => s.Segment.Base == segmentBase)?.Segment.Last ?? new UnixMicros(0);
        }
    }

    /// <summary>The earlier segments whose keys have to be loaded before a request key is known to be absent.</summary>
    public IReadOnlyList<KeySegment> UnloadedKeys()
    {
        lock (_gate)
        {
            return _keys.Segments.All(s => s.Keys is not null) ? [] : [.. _keys.Segments.Where(s => s.Keys is null).Select(s => s.Segment)];
        }
    }

    /// <summary>Takes the loaded keys of an earlier segment.</summary>
    public void InstallKeys(Offset segmentBase, KeyIndex keys, TailHeader header)
    {
        lock (_gate)
        {
            _keys.Install(segmentBase, keys, header);
        }
    }

    /// <summary>The keys of the current segment, for their file. Null if it has none, or the tail is in another segment.</summary>
    public KeyFile? KeysOf(Offset segmentBase, PartitionPlace place)
    {
        lock (_gate)
        {
            return segmentBase != _position.SegmentBase || _position.Header is not { } header || _keys.ActiveCount == 0 ? null : new KeyFile
            {
                StreamId = place.StreamId,
                Partition = place.Partition,
                Base = segmentBase,
                End = _position.Next,
                First = _position.FirstAppended ?? _position.LastAppended,
                Last = _position.LastAppended,
                Codec = header.Codec,
                Sync = header.Sync,
                Keys = _keys.ActiveIndex(),
            };
        }
    }

    /// <summary>What the key memory holds.</summary>
    public KeyReach Reach()
    {
        lock (_gate)
        {
            UnixMicros since = _keys.Since(_position.LastAppended);
            return new KeyReach(_keys.Dropped, since, _position.LastAppended, _keys.Count, _keys.Bytes);
        }
    }

    /// <summary>The oldest earlier segment that compaction and retention must leave as it is, because a request key in it is remembered.</summary>
    /// <param name="now">The service's time.</param>
    public KeyHold? KeyHold(UnixMicros now)
    {
        lock (_gate)
        {
            UnixMicros since = now.Plus(-_memory.KeyWindow).Plus(-_memory.KeyMargin);
            KeySegment[] held = [.. _keys.Segments.Select(s => s.Segment).Where(s => s.Last >= since)];
            return held.Length == 0 ? null : new KeyHold(held[0].Base, held[0].Last.Plus(_memory.KeyWindow).Plus(_memory.KeyMargin));
        }
    }
}
