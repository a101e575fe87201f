using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Streams;

namespace Headwater.Log.Maintenance;

/// <summary>The rows of <see cref="DueRows"/> as one query read them.</summary>
internal sealed class DueTimes(IReadOnlyDictionary<string, TableRow> rows)
{
    private readonly ILookup<string, TableRow> _byStream =
        rows.Values.ToLookup(r => r.Id.Row[..Math.Max(0, r.Id.Row.IndexOf('!', StringComparison.Ordinal))], StringComparer.Ordinal);

    public IEnumerable<TableRow> Rows => rows.Values;

    /// <summary>A time at or before the query.</summary>
    public required UnixMicros At { get; init; }

    public TableRow? Row(string row) => rows.GetValueOrDefault(row);

    public IEnumerable<string> RowsOf(string stream) => _byStream[stream].Select(r => r.Id.Row);

    /// <summary>Rows of earlier streams with the same name.</summary>
    public IEnumerable<string> RowsOfOthers(StreamDescription stream) =>
        RowsOf(stream.Name.Value).Where(r => !r.StartsWith(DueRows.RowOf(stream.Name.Value, stream.StreamId), StringComparison.Ordinal));

    /// <summary>The names of all streams with rows.</summary>
    public IEnumerable<string> Streams => _byStream.Select(g => g.Key).Where(name => name.Length > 0);

    /// <summary>When the cleanup of all folders is due next, and where it continues.</summary>
    public FoldersDue Folders => new(
        Row(DueRows.FoldersRow)?.Number(DueRows.FoldersAt) is { } at ? UnixMicros.Clamp(at) : null, Row(DueRows.FoldersRow)?.Text(DueRows.FoldersAfter));

    /// <summary>Whether the stream has no plan: it is new, or its rows were lost.</summary>
    public bool IsUnplanned(StreamDescription stream) => Row(DueRows.RowOf(stream.Name.Value, stream.StreamId) + DueRows.PlanSuffix) is null;

    /// <summary>Whether something has happened to the stream since its plan was made.</summary>
    public bool IsMarked(StreamDescription stream) => Row(DueRows.RowOf(stream.Name.Value, stream.StreamId) + DueRows.MarkSuffix) is not null;

    /// <summary>When the maintenance of a stream of this name last succeeded or failed, in Unix microseconds; 0 if unknown.</summary>
    public long LastRun(string stream) => Math.Max(_byStream[stream].Max(r => r.Number(DueRows.LastRun)) ?? 0, FailureRows.Of(stream, this)?.At.Value ?? 0);

    /// <summary>The part of the requested work that is due for the stream of this name. All of it if the stream has a mark, or not exactly one plan.</summary>
    public MaintenanceWork Of(string stream, MaintenanceWork asked, UnixMicros now)
    {
        TableRow[] known = [.. _byStream[stream]];
        TableRow[] plans = [.. known.Where(r => r.Id.Row.EndsWith(DueRows.PlanSuffix, StringComparison.Ordinal))];
        if (plans.Length != 1 || known.Any(r => r.Id.Row.EndsWith(DueRows.MarkSuffix, StringComparison.Ordinal)))
        {
            return asked;
        }

        MaintenanceWork due = MaintenanceWork.None;
        foreach (MaintenanceWork work in MaintenanceWorks.Each.Where(w => asked.HasFlag(w)))
        {
            due |= plans[0].Number(DueRows.NameOf(work)) is { } at && at > now.Value ? MaintenanceWork.None : work;
        }

        bool isUsed = known.Any(r => r.Id.Row.EndsWith(DueMarks.UsedSuffix, StringComparison.Ordinal));
        return isUsed ? due | (asked & MaintenanceWork.Checkpoint) : due;
    }
}
