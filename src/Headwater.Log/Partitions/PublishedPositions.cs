using System.Globalization;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Streams;

namespace Headwater.Log.Partitions;

/// <summary>
/// Publishes the positions of partitions as of their last checkpoints. Rows of table <c>partitions</c> with the stream id as key, one per partition. The rows
/// are a cache: correctness does not depend on them. They are written with checkpoints, not with every append.
/// </summary>
internal sealed class PublishedPositions(ITables tables)
{
    public const string Table = StorageNames.PartitionsTable;

    private readonly DueMarks _due = new(tables);

    /// <summary>
    /// Costs one write. It is unconditional, so a delayed write can restore older positions. After a roll, costs a second write, which marks the stream as due
    /// for maintenance.
    /// </summary>
    public async Task PublishAsync(StreamDescription stream, PartitionCheckpoint at, bool isRolled, CancellationToken cancellation)
    {
        var values = new Dictionary<string, object>
        {
            ["stream"] = stream.Name.Value,
            ["logStart"] = stream.LogStart(at.Partition).Value,
            ["logEnd"] = at.Next.Value,
            ["segmentBase"] = at.SegmentBase.Value,
            ["segmentBytes"] = at.Position,
            ["lastAppended"] = at.LastAppended.Value,
        };
        await tables.ApplyAsync(Table, stream.StreamId, [new RowChange(RowChangeKind.Upsert, RowOf(at.Partition), values)], cancellation);
        if (isRolled)
        {
            await _due.MarkAsync(stream.Name, stream.StreamId, cancellation);
        }
    }

    /// <summary>The row key of a partition: its number with 5 digits.</summary>
    public static string RowOf(PartitionId partition) => partition.Value.ToString("D5", CultureInfo.InvariantCulture);
}
