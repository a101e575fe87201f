using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Log.Partitions;

/// <summary>The state from earlier segments that the header of the current segment must record.</summary>
/// <param name="SegmentBase">The base offset of the current segment.</param>
/// <param name="Producers">The remembered producers.</param>
/// <param name="ProducersForgotten">The append time of the newest producer forgotten; 0 (1970) if none was.</param>
/// <param name="Keys">The earlier segments with request keys that are remembered.</param>
internal sealed record SegmentInheritance(
    Offset SegmentBase, IReadOnlyList<ProducerState> Producers, UnixMicros ProducersForgotten, IReadOnlyList<KeySegment> Keys);

/// <summary>What a key memory holds.</summary>
/// <param name="Dropped">Keyed batches appended at this time or earlier may be forgotten for their number, or by an older version.</param>
/// <param name="Since">Keyed batches appended before this time may be forgotten for their age.</param>
/// <param name="LastAppended">The append time of the log's last event.</param>
/// <param name="Keys">The number of keys.</param>
/// <param name="Bytes">Bytes of the keys in memory.</param>
internal readonly record struct KeyReach(UnixMicros Dropped, UnixMicros Since, UnixMicros LastAppended, long Keys, long Bytes)
{
    /// <summary>How long a key is remembered: the window, or less if keys were forgotten for their number.</summary>
    public TimeSpan Window => TimeSpan.FromMicroseconds(LastAppended.Value - (Dropped.Value > Math.Max(Since.Value, 0) ? Dropped.Value : Since.Value));
}

/// <summary>What request keys keep from compaction and deletion.</summary>
/// <param name="From">The base offset of the oldest segment with a remembered key; it and the later ones stay as they are.</param>
/// <param name="Until">When the keys of that segment expire, by the service's clock.</param>
internal readonly record struct KeyHold(Offset From, UnixMicros Until);
