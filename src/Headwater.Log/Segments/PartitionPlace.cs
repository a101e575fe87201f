using Headwater.Core.Positions;
using Headwater.Log.Model;

namespace Headwater.Log.Segments;

/// <summary>
/// Identifies a partition of one creation of a stream and builds the names of its blobs. Has nothing that can change: callers pass the settings and the schema
/// with each operation.
/// </summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="StreamId">The id of this creation of the stream.</param>
/// <param name="Partition">The partition.</param>
internal sealed record PartitionPlace(StreamName Stream, string StreamId, PartitionId Partition)
{
    public string Folder { get; } = BlobNames.PartitionFolder(Stream, StreamId, Partition);

    public static PartitionPlace Of(StreamDescription stream, PartitionId partition) => new(stream.Name, stream.StreamId, partition);

    public string Segment(Offset segmentBase) => BlobNames.Segment(Folder, segmentBase);
}
