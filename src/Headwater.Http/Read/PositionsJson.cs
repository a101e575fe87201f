using Headwater.Contracts.Answers;
using Headwater.Core.Segments;
using Headwater.Log.Read;

namespace Headwater.Http.Read;

/// <summary>Where partitions and segments begin and end, as answers.</summary>
internal static class PositionsJson
{
    public static PartitionListAnswer Of(IReadOnlyList<PartitionPositions> positions) =>
        new([.. positions.Select(p => new PartitionAnswer(p.Partition.Value, p.LogStart.Value, p.LogEnd.Value, p.Segments, p.Bytes))]);

    public static SegmentListAnswer Of(SegmentPage page) => new([.. page.Segments.Select(Of)]);

    private static SegmentAnswer Of(SegmentListing segment) => new(
        segment.Partition.Value,
        segment.Base.Value,
        segment.Next.Value,
        segment.Bytes,
        segment.Sealed,
        segment.Generation,
        segment.SchemaVersion,
        segment.Codec.Name(),
        segment.Url.AbsoluteUri,
        segment.Expires.UtcDateTime,
        segment.Events,
        segment.FirstAppended?.ToDateTimeOffset().UtcDateTime,
        segment.LastAppended?.ToDateTimeOffset().UtcDateTime);
}
