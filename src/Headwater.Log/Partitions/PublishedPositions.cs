using System.Globalization;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Streams;

namespace Headwater.Log.Partitions;

/// <summary>
/// Table <c>partitions</c>, key stream id, a row a partition: its positions as of the last checkpoint. A cache nothing depends on; written at
/// checkpoints and by maintenance, never per append.
/// </summary>
internal sealed class PublishedPositions(ITables tables)
{
    public const string Table = StorageNames.PartitionsTable;

    private readonly DueMarks _due = new(tables);

    /// <summary>
    /// One write, whatever stands there: positions only ever tell how things were. After a roll another, which tells maintenance that there is a
    /// sealed segment more.
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
