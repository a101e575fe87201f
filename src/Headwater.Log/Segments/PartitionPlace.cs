using Headwater.Core.Positions;
using Headwater.Log.Model;

namespace Headwater.Log.Segments;

/// <summary>
/// A partition of one creation of a stream, and where its blobs are. Nothing in it ever changes; settings and schema come with each operation.
/// </summary>
internal sealed record PartitionPlace(StreamName Stream, string StreamId, PartitionId Partition)
{
    public string Folder { get; } = BlobNames.PartitionFolder(Stream, StreamId, Partition);

    public static PartitionPlace Of(StreamDescription stream, PartitionId partition) => new(stream.Name, stream.StreamId, partition);

    public string Segment(Offset segmentBase) => BlobNames.Segment(Folder, segmentBase);
}
