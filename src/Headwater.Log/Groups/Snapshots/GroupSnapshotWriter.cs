using Headwater.Log.Errors;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Offsets;
using Headwater.Log.Groups.Rows;
using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Groups.Snapshots;

/// <summary>The outcome of one run that copies offsets of changed groups to their blobs.</summary>
/// <param name="Copied">Number of groups whose blob was written.</param>
/// <param name="Unchanged">Number of groups marked as changed whose blob needed no write.</param>
/// <param name="Removed">Number of deleted groups whose rows were deleted.</param>
/// <param name="IsComplete">False if the budget was used up before all groups were done, or some failed. The next run continues.</param>
public sealed record GroupSnapshotReport(int Copied, int Unchanged, int Removed, bool IsComplete)
{
    /// <summary>The groups that failed. A failure does not stop the other groups.</summary>
    public IReadOnlyList<GroupSnapshotFailure> Failures { get; init; } = [];
}

/// <summary>A group whose offsets could not be copied.</summary>
/// <param name="Stream">The group's stream.</param>
/// <param name="Group">The group.</param>
/// <param name="Reason">The error's message, for people. Contains no secret.</param>
public sealed record GroupSnapshotFailure(StreamName Stream, GroupName Group, string Reason)
{
    /// <summary>The error, for logs, if the log does not declare it: a defect.</summary>
    public Exception? Defect { get; init; }
}

/// <summary>
/// Copies the offsets of changed groups to their blobs. A copy is never ahead of the rows: the blob is read before the rows and written under its ETag.
/// </summary>
internal sealed class GroupSnapshotWriter(LogPorts ports, GroupTable table, GroupBlobs blobs, GroupNames names, ChangedGroups changed, GroupLag lag)
{
    private const int Attempts = 5;

    private enum Outcome
    {
        Copied,
        Unchanged,
        Removed,
    }

    /// <summary>
    /// Copies the offsets of changed groups to their blobs. Costs one query per 1,000 changed groups, and per group one blob read, query and blob write.
    /// The order of groups differs on each call, so that no group is always last when the budget is short.
    /// </summary>
    public async Task<GroupSnapshotReport> CopyChangedAsync(TimeSpan budget, CancellationToken cancellation)
    {
        long began = ports.Time.GetTimestamp();
        var counts = new Dictionary<Outcome, int>();
        var failures = new List<GroupSnapshotFailure>();
        IReadOnlyList<ChangedGroup> marked = await changed.ListAsync(cancellation);
        int left = marked.Count;
        foreach (ChangedGroup group in marked.OrderBy(_ => ports.Randomness.NextId()))
        {
            if (ports.Time.GetElapsedTime(began) >= budget)
            {
                break;
            }

            left--;
            try
            {
                Outcome outcome = await CopyAsync(group, cancellation);
                counts[outcome] = counts.GetValueOrDefault(outcome) + 1;
            }
            catch (Exception error) when (ErrorBoundary.Contains(error, cancellation))
            {
                failures.Add(new GroupSnapshotFailure(group.Stream, group.Key.Group, ErrorBoundary.Reason(error))
                {
                    Defect = ErrorBoundary.IsDefect(error) ? error : null,
                });
            }
        }

        return new GroupSnapshotReport(
            counts.GetValueOrDefault(Outcome.Copied),
            counts.GetValueOrDefault(Outcome.Unchanged),
            counts.GetValueOrDefault(Outcome.Removed),
            left == 0 && failures.Count == 0)
        {
            Failures = failures,
        };
    }

    private async Task<Outcome> CopyAsync(ChangedGroup group, CancellationToken cancellation)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (await blobs.ReadAsync(group.Stream, group.Key, cancellation) is not { } stored)
            {
                await RemoveRowsAsync(group.Stream, group.Key, cancellation);
                lag.Forget(group.Stream, group.Key.Group);
                await changed.RemoveAsync(group, cancellation);
                return Outcome.Removed;
            }

            if (await TryCopyAsync(group, stored, cancellation) is { } outcome)
            {
                await changed.SettleAsync(group, cancellation);
                return outcome;
            }
        }

        return Outcome.Unchanged; // Lost every race to other requests. The mark remains, so the next run retries.
    }

    /// <summary>
    /// Deletes the rows of a group whose blob is deleted, which also finishes an interrupted deletion. Costs one query, one transaction per 100 rows, and two
    /// or three calls for the group's name.
    /// </summary>
    public async Task RemoveRowsAsync(StreamName stream, GroupKey key, CancellationToken cancellation)
    {
        IReadOnlyList<TableRow> rows = await table.QueryAsync(key, cancellation);
        long? incarnation = table.Read(rows)?.Group.Incarnation;

        // Delete the group's own row first: without it, the other rows count as leftovers, even if the group is recreated.
        RowChange[] deletions =
        [
            .. rows
                .OrderBy(r => r.Id.Row == GroupKeys.Group ? 0 : 1)
                .Select(r => new RowChange(RowChangeKind.Delete, r.Id.Row, new Dictionary<string, object>(), r.ETag)),
        ];
        foreach (RowChange[] some in deletions.Chunk(GroupTable.TransactionRows))
        {
            if (!await table.ApplyAsync(key, some, cancellation) && table.Read(await table.QueryAsync(key, cancellation)) is { } now)
            {
                if (now.Group.Incarnation == incarnation)
                {
                    await RemoveRowsAsync(stream, key, cancellation);
                }

                return;
            }
        }

        await names.RemoveAsync(stream, key, cancellation);
    }

    /// <returns>Null if another request changed the group: try again.</returns>
    private async Task<Outcome?> TryCopyAsync(ChangedGroup group, StoredGroup stored, CancellationToken cancellation)
    {
        if (table.Read(await table.QueryAsync(group.Key, cancellation)) is not { Group.RestoredFrom: null } state
            || state.Group.Incarnation != stored.Document.Incarnation)
        {
            return Outcome.Unchanged; // The rows are lost, being restored, or of an earlier incarnation: there is nothing to copy.
        }

        lag.See(group.Stream, group.Key.StreamId, group.Key.Group, state.Committed);
        if (state.Group.Rewinds < stored.Document.Rewinds)
        {
            // An offset reset is in progress or was interrupted. Writing the group's row makes a reset in progress start again, and ends an interrupted one.
            await table.ApplyAsync(group.Key, [(state.Group with { Rewinds = stored.Document.Rewinds }).Written()], cancellation);
            return null;
        }

        GroupDocument copy = stored.Document.With(state) with { Rewinds = state.Group.Rewinds };
        if (copy.HasOffsetsOf(stored.Document))
        {
            return Outcome.Unchanged;
        }

        return await blobs.WriteAsync(group.Stream, group.Key, copy, WriteCondition.IfUnchanged(stored.ETag), cancellation) ? Outcome.Copied : null;
    }
}
