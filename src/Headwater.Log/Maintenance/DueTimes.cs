using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Maintenance;

/// <summary>The rows as they were read.</summary>
internal sealed class DueTimes(IReadOnlyDictionary<string, TableRow> rows)
{
    private readonly ILookup<string, TableRow> _byStream = rows.Values.ToLookup(r => r.Id.Row[..Math.Max(0, r.Id.Row.IndexOf('!', StringComparison.Ordinal))], StringComparer.Ordinal);

    public TableRow? Row(string row) => rows.GetValueOrDefault(row);

    public IEnumerable<string> RowsOf(string stream) => _byStream[stream].Select(r => r.Id.Row);

    /// <summary>Rows of streams that had this one's name before it.</summary>
    public IEnumerable<string> RowsOfOthers(StreamDescription stream) => RowsOf(stream.Name.Value).Where(r => !r.StartsWith(DueRows.RowOf(stream.Name.Value, stream.StreamId), StringComparison.Ordinal));

    public IEnumerable<string> Streams => _byStream.Select(g => g.Key).Where(name => name.Length > 0);

    /// <summary>When all folders are due for the next scan; null if unknown.</summary>
    public UnixMicros? FoldersAt => Row(DueRows.RunRow)?.Number(DueRows.FoldersAt) is { } at ? new UnixMicros(at) : null;

    /// <summary>When a stream of this name was last maintained, in microseconds; 0 if unknown.</summary>
    public long LastRun(string stream) => _byStream[stream].Max(r => r.Number(DueRows.LastRun)) ?? 0;

    /// <summary>Of the work asked for, what is due for a stream of this name.</summary>
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

        return due;
    }
}
