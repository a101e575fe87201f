using Headwater.Core.Positions;
using Headwater.Log.Model;

namespace Headwater.Log.Segments;

/// <summary>A partition of one creation of a stream, and where its blobs are.</summary>
internal sealed record PartitionPlace(StreamDescription Stream, PartitionId Partition)
{
    public string Folder { get; } = BlobNames.PartitionFolder(Stream.Name, Stream.StreamId, Partition);

    public string Segment(Offset segmentBase) => BlobNames.Segment(Folder, segmentBase);
}
