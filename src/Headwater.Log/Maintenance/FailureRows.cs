using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Streams;

namespace Headwater.Log.Maintenance;

/// <summary>
/// The last failure of each stream whose maintenance fails: one row per stream, beside the rows of <see cref="DueRows"/>, so that the query that finds due work
/// and the one that <c>/health</c> makes read them too. A stream whose maintenance succeeds has no row and costs no call.
/// </summary>
internal sealed class FailureRows(ITables tables)
{
    /// <summary>Sorts after the rows of timers and before those of all streams, because no stream name begins with '!'.</summary>
    private const string Prefix = "!work-failed!";

    private const string WorkName = "work";

    private const string PartitionName = "partition";

    private const string AtName = "at";

    private const string ReasonName = "reason";

    private static readonly Dictionary<string, object> NoValues = [];

    /// <summary>Replaces the stream's last failure. Costs one write.</summary>
    public async Task RecordAsync(MaintenanceFailure failure, CancellationToken cancellation)
    {
        var values = new Dictionary<string, object>
        {
            [WorkName] = (long)failure.Work,
            [AtName] = failure.At.Value,
            [ReasonName] = failure.Reason,
        };
        if (failure.Partition is { } partition)
        {
            values[PartitionName] = (long)partition.Value;
        }

        await tables.ApplyAsync(DueMarks.Table, DueMarks.Key, [new RowChange(RowChangeKind.Upsert, RowOf(failure.Stream.Value), values)], cancellation);
    }

    /// <summary>
    /// Deletes the stream's failure if it was there when the rows were read, unless it was replaced since. Costs one write, or none if there was no failure.
    /// </summary>
    public async Task ClearAsync(string stream, DueTimes before, CancellationToken cancellation)
    {
        if (before.Row(RowOf(stream)) is { } row)
        {
            await tables.ApplyAsync(DueMarks.Table, DueMarks.Key, [new RowChange(RowChangeKind.Delete, row.Id.Row, NoValues, row.ETag)], cancellation);
        }
    }

    /// <summary>The stream's failure when the rows were read; null if there was none.</summary>
    public static MaintenanceFailure? Of(string stream, DueTimes rows) => rows.Row(RowOf(stream)) is { } row ? Read(row) : null;

    /// <summary>The streams that have failures, whether or not the streams exist.</summary>
    public static IEnumerable<string> StreamsOf(DueTimes rows) => rows.Rows.Where(r => IsFailure(r.Id.Row)).Select(r => r.Id.Row[Prefix.Length..]);

    /// <returns>Null if the row is not a failure, or is damaged.</returns>
    public static MaintenanceFailure? Read(TableRow row) =>
        IsFailure(row.Id.Row)
        && StreamName.TryParse(row.Id.Row[Prefix.Length..], out StreamName stream)
        && row.Number(WorkName) is { } work
        && row.Number(AtName) is { } at
        && row.Text(ReasonName) is { } reason
            ? new MaintenanceFailure(stream, (MaintenanceWork)work & MaintenanceWork.All, PartitionOf(row), reason) { At = UnixMicros.Clamp(at) }
            : null;

    private static PartitionId? PartitionOf(TableRow row) =>
        row.Number(PartitionName) is { } number and >= 0 and < StreamSettings.MaxPartitions ? new PartitionId((int)number) : null;

    private static bool IsFailure(string row) => row.StartsWith(Prefix, StringComparison.Ordinal);

    private static string RowOf(string stream) => Prefix + stream;
}
