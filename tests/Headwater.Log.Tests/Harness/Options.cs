using Headwater.Core.Segments;
using Headwater.Log.Model;

namespace Headwater.Log.Tests;

/// <summary>Settings that scenarios share.</summary>
internal static class Options
{
    public static LogOptions Default => LogOptions.Default;

    /// <summary>Rolls after the third AppendBlock of a segment, its header counted.</summary>
    public static LogOptions RollsOften => LogOptions.Default with { SegmentAppends = 3 };

    /// <summary>One partition, no schema, no compression: sizes are easy to foretell.</summary>
    public static StreamSettings Plain => new() { Codec = BlockCodec.Null };

    public static StreamSettings Partitioned(int partitions) => Plain with { Partitions = partitions };
}
