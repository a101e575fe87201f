using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>The request keys of a tail, each answer as of one moment.</summary>
internal static class TailKeys
{
    /// <summary>What is known of a request key.</summary>
    /// <param name="tail">The tail.</param>
    /// <param name="key">The key.</param>
    /// <param name="lookup">What was read of keys.</param>
    public static KeyAnswer Find(this PartitionTail tail, RequestKey key, KeyLookup lookup) =>
        tail.WithKeys((keys, at) => keys.Find(key, at.SegmentBase, at.LastAppended, lookup));

    /// <summary>The places in the active segment that may have the key, whatever their age.</summary>
    public static IReadOnlyList<KeyPlace> ActivePlaces(this PartitionTail tail, RequestKey key) =>
        tail.WithKeys((keys, at) => keys.ActivePlaces(key, at.SegmentBase));

    /// <summary>Codec and sync marker of a segment that the key memory covers; null if it does not, or its keys are not loaded.</summary>
    public static TailHeader? HeaderOf(this PartitionTail tail, Offset segmentBase) =>
        tail.WithKeys((keys, at) => segmentBase == at.SegmentBase ? at.Header : Remembered(keys, segmentBase)?.Header);

    /// <summary>The append time of the last keyed batch in a segment that the key memory covers; 0 (1970) if it does not.</summary>
    public static UnixMicros LastKeyedOf(this PartitionTail tail, Offset segmentBase) =>
        tail.WithKeys((keys, at) => segmentBase == at.SegmentBase ? keys.LastKeyed : Remembered(keys, segmentBase)?.Segment.Last ?? new UnixMicros(0));

    /// <summary>The earlier segments whose keys have to be loaded before a request key is known to be absent.</summary>
    public static IReadOnlyList<KeySegment> UnloadedKeys(this PartitionTail tail) => tail.WithKeys<IReadOnlyList<KeySegment>>((keys, _) => keys.AreLoaded
        ? [] : [.. keys.Segments.Where(s => s.Keys is null).Select(s => s.Segment)]);

    /// <summary>Takes the loaded keys of an earlier segment.</summary>
    public static void InstallKeys(this PartitionTail tail, Offset segmentBase, KeyIndex loaded, TailHeader header) => tail.WithKeys((keys, _) =>
    {
        keys.Install(segmentBase, loaded, header);
        return true;
    });

    /// <summary>The keys of the current segment, for their file. Null if it has none, or the tail is in another segment.</summary>
    public static KeyFile? KeysOf(this PartitionTail tail, Offset segmentBase, PartitionPlace place) => tail.WithKeys((keys, at) =>
        segmentBase != at.SegmentBase || at.Header is not { } header || keys.ActiveCount == 0 ? null : new KeyFile
        {
            StreamId = place.StreamId,
            Partition = place.Partition,
            Base = segmentBase,
            End = at.Next,
            First = at.FirstAppended ?? at.LastAppended,
            Last = at.LastAppended,
            Codec = header.Codec,
            Sync = header.Sync,
            Keys = keys.ActiveIndex(),
        });

    /// <summary>What the key memory holds.</summary>
    public static KeyReach Reach(this PartitionTail tail) =>
        tail.WithKeys((keys, at) => new KeyReach(keys.MayBeDropped, keys.Since(at.LastAppended), at.LastAppended, keys.Count, keys.Bytes));

    /// <inheritdoc cref="KeyMemory.Hold"/>
    public static KeyHold? KeyHold(this PartitionTail tail, UnixMicros now) => tail.WithKeys((keys, _) => keys.Hold(now));

    private static RememberedSegment? Remembered(KeyMemory keys, Offset segmentBase) => keys.Segments.FirstOrDefault(s => s.Segment.Base == segmentBase);
}
