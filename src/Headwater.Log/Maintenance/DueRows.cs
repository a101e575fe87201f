using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Streams;

namespace Headwater.Log.Maintenance;

/// <summary>
/// Table <c>partitions</c>, key <c>due</c>: lets timers find due work without listing blobs. Each stream has a plan and optionally a mark.
/// The last maintenance run of the stream writes the plan, which holds the due time of each kind of work. Rolling a segment or changing settings writes the
/// mark, which makes all work due immediately. A stream whose rows are lost is due.
/// </summary>
internal sealed class DueRows(ITables tables)
{
    private const string Table = DueMarks.Table;

    private const string Key = DueMarks.Key;

    internal const string MarkSuffix = DueMarks.Suffix;

    internal const string PlanSuffix = "!plan";

    internal const string LastRun = "lastRun";

    internal const string FoldersAt = "foldersAt";

    internal const string FoldersAfter = "foldersAfter";

    private const string From = "From";

    private const string Soonest = "Soonest";

    internal const string RunRow = "!run";

    /// <summary>A row of its own: only the cleanup of folders writes it.</summary>
    internal const string FoldersRow = "!run!folders";

    private const int FailuresRead = 100;

    private static readonly Dictionary<string, object> NoValues = [];

    /// <summary>One query per 1,000 rows.</summary>
    /// <param name="now">The service's time.</param>
    /// <param name="cancellation">Stops the queries.</param>
    public async Task<DueTimes> ReadAsync(UnixMicros now, CancellationToken cancellation)
    {
        List<TableRow> rows = await tables.QueryAllAsync(Table, Key, null, cancellation);
        return new DueTimes(rows.ToDictionary(row => row.Id.Row, StringComparer.Ordinal)) { At = now };
    }

    /// <summary>
    /// Records when each kind of work that was done is due again, and where it continues; other kinds keep their due times and places. Deletes the mark unless
    /// it was rewritten since it was read. If another run wrote a plan after the rows were read, marks the stream instead. Costs two writes.
    /// </summary>
    public async Task PlanAsync(StreamDescription stream, WorkPlan plan, UnixMicros now, DueTimes before, CancellationToken cancellation)
    {
        string row = RowOf(stream.Name.Value, stream.StreamId);
        TableRow? planned = before.Row(row + PlanSuffix);
        var values = new Dictionary<string, object>(planned?.Values ?? NoValues) { [LastRun] = now.Value };
        TableRow? mark = before.Row(row + MarkSuffix);
        foreach (MaintenanceWork other in mark is null ? [] : MaintenanceWorks.Each)
        {
            values[NameOf(other)] = now.Value; // The mark is deleted below, so work that was not done must be due in the plan.
        }

        foreach ((MaintenanceWork work, UnixMicros at) in plan.Next)
        {
            // Work that was not done may be due sooner than this run knows.
            bool isDone = plan.Work.HasFlag(work);
            bool isSooner = values.TryGetValue(NameOf(work), out object? known) && known is long due && due > at.Value;
            if (isDone || isSooner)
            {
                values[NameOf(work)] = at.Value;
            }

            if (isDone)
            {
                Write(values, work, plan.IsDemanded, plan.Cursors.Find(work));
            }
        }

        RowChangeKind kind = planned is null ? RowChangeKind.Insert : RowChangeKind.Replace;
        var write = new RowChange(kind, row + PlanSuffix, values, planned?.ETag);
        if (await tables.ApplyAsync(Table, Key, [write], cancellation) is null)
        {
            // Another run has planned since the rows were read: all work is due, so that nothing that it found is lost.
            await new DueMarks(tables).MarkAsync(stream.Name, stream.StreamId, cancellation);
            return;
        }

        if (mark is not null)
        {
            await tables.ApplyAsync(Table, Key, [new RowChange(RowChangeKind.Delete, row + MarkSuffix, NoValues, mark.ETag)], cancellation);
        }

        bool isCheckpointed = plan.Work.HasFlag(MaintenanceWork.Checkpoint) && plan.Next[MaintenanceWork.Checkpoint] > now;
        if (isCheckpointed && before.Row(row + DueMarks.UsedSuffix) is { } used && before.At.ToDateTimeOffset() > used.Changed + UsedStreams.MarkKept)
        {
            await tables.ApplyAsync(Table, Key, [new RowChange(RowChangeKind.Delete, used.Id.Row, NoValues, used.ETag)], cancellation);
        }
    }

    /// <summary>Where the stream's work continues. A request that demands work has its own places: it begins at the first partition.</summary>
    public static WorkCursors Cursors(StreamDescription stream, bool isDemanded, DueTimes rows)
    {
        WorkCursors cursors = new();
        TableRow? plan = rows.Row(RowOf(stream.Name.Value, stream.StreamId) + PlanSuffix);
        foreach (MaintenanceWork work in MaintenanceWorks.Each)
        {
            string name = CursorOf(work, isDemanded);
            if (plan?.Number(name + From) is { } from and > 0 && from <= stream.Partitions)
            {
                cursors.Set(work, new WorkCursor((int)from, plan.Number(name + Soonest) is { } at ? UnixMicros.Clamp(at) : null));
            }
        }

        return cursors;
    }

    /// <summary>A kind of work that is done for all partitions is also done for what the other way of asking left.</summary>
    private static void Write(Dictionary<string, object> values, MaintenanceWork work, bool isDemanded, WorkCursor? cursor)
    {
        foreach (bool way in cursor is null ? [true, false] : new[] { isDemanded })
        {
            values.Remove(CursorOf(work, way) + From);
            values.Remove(CursorOf(work, way) + Soonest);
        }

        if (cursor is { } left)
        {
            values[CursorOf(work, isDemanded) + From] = (long)left.Partition;
            if (left.Soonest is { } soonest)
            {
                values[CursorOf(work, isDemanded) + Soonest] = soonest.Value;
            }
        }
    }

    private static string CursorOf(MaintenanceWork work, bool isDemanded) => isDemanded ? "Demanded" + NameOf(work) : NameOf(work);

    /// <summary>
    /// Records that a timer ran to completion for the given work, even if it found nothing to do. Work without a recorded run is recorded as run now.
    /// Costs one write.
    /// </summary>
    public async Task RanAsync(MaintenanceWork work, UnixMicros now, FoldersDue folders, DueTimes before, CancellationToken cancellation)
    {
        var ran = new Dictionary<string, object> { [LastRun] = now.Value };
        MaintenanceWork[] done = [.. MaintenanceWorks.Each.Where(w => work.HasFlag(w) || before.Row(RunRowOf(w)) is null)];
        List<RowChange> changes = [new(RowChangeKind.Upsert, RunRow, ran), .. done.Select(w => new RowChange(RowChangeKind.Upsert, RunRowOf(w), ran))];
        if (work.HasFlag(MaintenanceWork.Sweep))
        {
            changes.Add(new RowChange(RowChangeKind.Upsert, FoldersRow, Values(folders)));
        }

        await tables.ApplyAsync(Table, Key, changes, cancellation);
    }

    private static Dictionary<string, object> Values(FoldersDue folders)
    {
        var values = new Dictionary<string, object>();
        if (folders.At is { } next)
        {
            values[FoldersAt] = next.Value;
        }

        if (folders.After is { } after)
        {
            values[FoldersAfter] = after;
        }

        return values;
    }

    /// <summary>
    /// Reads when timers last ran, and the first failures by name of their streams. Kinds of work without a recorded run are absent. Costs one query.
    /// </summary>
    public async Task<LastRuns> LastRunsAsync(CancellationToken cancellation)
    {
        IReadOnlyList<TableRow> rows = await tables.QueryAsync(Table, Key, null, MaintenanceWorks.Each.Count + 2 + FailuresRead, cancellation);
        var times = rows
            .Where(r => r.Number(LastRun) is not null)
            .ToDictionary(r => r.Id.Row, r => UnixMicros.Clamp(r.Number(LastRun)!.Value), StringComparer.Ordinal);
        return new LastRuns(
            times.TryGetValue(RunRow, out UnixMicros any) ? any : null,
            MaintenanceWorks.Each.Where(w => times.ContainsKey(RunRowOf(w))).ToDictionary(w => w, w => times[RunRowOf(w)]))
        {
            Failures = rows.Select(FailureRows.Read).OfType<MaintenanceFailure>().ToDictionary(f => f.Stream),
        };
    }

    /// <summary>Deletes rows of streams that do not exist. Costs one write per row.</summary>
    public async Task ForgetAsync(IEnumerable<string> rows, CancellationToken cancellation)
    {
        foreach (string row in rows)
        {
            await tables.ApplyAsync(Table, Key, [new RowChange(RowChangeKind.Delete, row, NoValues, "*")], cancellation);
        }
    }

    internal static string NameOf(MaintenanceWork work) => work.ToString();

    /// <summary>Sorts before the rows of all streams, because no stream name begins with '!'.</summary>
    private static string RunRowOf(MaintenanceWork work) => $"{RunRow}!{NameOf(work)}";

    internal static string RowOf(string stream, string streamId) => DueMarks.RowOf(stream, streamId);
}

/// <summary>When work on a stream is due again, and where it continues.</summary>
/// <param name="Work">The kinds of work that were done.</param>
/// <param name="Next">When each of them is due again, at once if it is not finished; and when others are due at the latest.</param>
/// <param name="Cursors">Where the kinds that are not finished continue.</param>
/// <param name="IsDemanded">Whether a request demanded the work.</param>
internal sealed record WorkPlan(
    MaintenanceWork Work, IReadOnlyDictionary<MaintenanceWork, UnixMicros> Next, WorkCursors Cursors, bool IsDemanded);

/// <summary>When the cleanup of all folders is due, and where it continues.</summary>
/// <param name="At">Null if unknown: it is due.</param>
/// <param name="After">The last name that is done; null to begin.</param>
internal sealed record FoldersDue(UnixMicros? At, string? After);

/// <summary>When maintenance timers last ran to completion.</summary>
/// <param name="Any">The last run of any timer; null if none is recorded.</param>
/// <param name="Of">The last run for each kind of work; kinds without a recorded run are absent.</param>
internal sealed record LastRuns(UnixMicros? Any, IReadOnlyDictionary<MaintenanceWork, UnixMicros> Of)
{
    /// <summary>The last failure of each failing stream: at most 100, the first by name.</summary>
    public IReadOnlyDictionary<StreamName, MaintenanceFailure> Failures { get; init; } = new Dictionary<StreamName, MaintenanceFailure>();
}
