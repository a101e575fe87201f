using System.Globalization;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Streams;

namespace Headwater.Log.Partitions;

/// <summary>
/// Table <c>partitions</c>, key stream id, one row per partition with its positions as of the last checkpoint. Only a cache: correctness does not depend on it.
/// Written at checkpoints and by maintenance, never per append.
/// </summary>
internal sealed class PublishedPositions(ITables tables)
{
    public const string Table = StorageNames.PartitionsTable;

    private readonly DueMarks _due = new(tables);

    /// <summary>
    /// Costs one unconditional write; readers must expect old positions. After a roll, costs a second write, which marks the stream as due for maintenance.
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

    public static string RowOf(PartitionId partition) => partition.Value.ToString("D5", CultureInfo.InvariantCulture);
}
