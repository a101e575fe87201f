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
    public async Task PublishAsync(PositionRow row, CancellationToken cancellation)
    {
        var values = new Dictionary<string, object>
        {
            ["stream"] = row.Stream.Value,
            ["logStart"] = row.LogStart.Value,
            ["logEnd"] = row.LogEnd.Value,
            ["segmentBase"] = row.SegmentBase.Value,
            ["segmentBytes"] = row.SegmentBytes,
            ["lastAppended"] = row.LastAppended.Value,
        };
        await tables.ApplyAsync(Table, row.StreamId, [new RowChange(RowChangeKind.Upsert, RowOf(row.Partition), values)], cancellation);
        if (row.IsRolled)
        {
            await _due.MarkAsync(row.Stream, row.StreamId, cancellation);
        }
    }

    /// <summary>The marks that the rows of some partitions have. Costs one call per row, or one per 1,000 rows of the stream if that is cheaper.</summary>
    /// <param name="tables">The tables.</param>
    /// <param name="streamId">The id of the stream.</param>
    /// <param name="asked">The partitions.</param>
    /// <param name="few">The most partitions whose rows are read one by one.</param>
    /// <param name="cancellation">Stops the calls.</param>
    public static async Task<IReadOnlyList<(PartitionId Partition, LogMark Mark)>> MarksAsync(
        ITables tables, string streamId, IReadOnlyCollection<PartitionId> asked, int few, CancellationToken cancellation)
    {
        Dictionary<string, PartitionId> wanted = asked.ToDictionary(RowOf, StringComparer.Ordinal);
        IEnumerable<TableRow?> rows = asked.Count > few
            ? await tables.QueryAllAsync(Table, streamId, null, cancellation)
            : await Task.WhenAll(wanted.Keys.Order(StringComparer.Ordinal).Select(GetAsync));
        return
        [
            .. rows.OfType<TableRow>()
                .Where(r => wanted.ContainsKey(r.Id.Row))
                .Select(r => (wanted[r.Id.Row], LogMark.Of(r)))
                .Where(m => m.Item2 is not null)
                .Select(m => (m.Item1, m.Item2!)),
        ];

        async Task<TableRow?> GetAsync(string row) => await tables.GetAsync(Table, new RowId(streamId, row), cancellation);
    }

    /// <summary>The row key of a partition: its number with 5 digits.</summary>
    public static string RowOf(PartitionId partition) => partition.Value.ToString("D5", CultureInfo.InvariantCulture);
}

/// <summary>A partition's positions as of a checkpoint. Small, unlike the checkpoint, so that it can be kept until it is published.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="StreamId">The stream's id.</param>
/// <param name="Partition">The partition.</param>
internal sealed record PositionRow(StreamName Stream, string StreamId, PartitionId Partition)
{
    public required Offset LogStart { get; init; }

    public required Offset LogEnd { get; init; }

    public required Offset SegmentBase { get; init; }

    public required long SegmentBytes { get; init; }

    public required UnixMicros LastAppended { get; init; }

    /// <summary>Whether a segment was rolled since the last row, so that the stream is due for maintenance.</summary>
    public required bool IsRolled { get; init; }

    public static PositionRow Of(StreamDescription stream, PartitionCheckpoint at, bool isRolled) => new(stream.Name, stream.StreamId, at.Partition)
    {
        LogStart = stream.LogStart(at.Partition),
        LogEnd = at.Next,
        SegmentBase = at.SegmentBase,
        SegmentBytes = at.Position,
        LastAppended = at.LastAppended,
        IsRolled = isRolled,
    };
}
