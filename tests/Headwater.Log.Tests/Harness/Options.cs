using Headwater.Core.Segments;
using Headwater.Log.Model;

namespace Headwater.Log.Tests;

/// <summary>Options that several scenarios use.</summary>
internal static class Options
{
    public static LogOptions Default => LogOptions.Default;

    /// <summary>Rolls after the third AppendBlock of a segment, including the one that writes the header.</summary>
    public static LogOptions RollsOften => LogOptions.Default with { SegmentAppends = 3 };

    /// <summary>One partition, no schema, no compression, so that sizes are easy to predict.</summary>
    public static StreamSettings Plain => new() { Codec = BlockCodec.Null };

    public static StreamSettings Partitioned(int partitions) => Plain with { Partitions = partitions };
}
