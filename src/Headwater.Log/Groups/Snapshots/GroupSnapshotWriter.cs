using Headwater.Contracts.Errors;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Rows;
using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Groups.Snapshots;

/// <param name="Copied">Groups whose blob was written.</param>
/// <param name="Unchanged">Groups marked as changed whose blob said the same already.</param>
/// <param name="Removed">Groups that are gone, whose rows went too.</param>
/// <param name="IsComplete">False: time ran out before all were done, or some failed; the next run goes on.</param>
public sealed record GroupCopyReport(int Copied, int Unchanged, int Removed, bool IsComplete)
{
    /// <summary>Groups that could not be copied, and why; the others were all the same.</summary>
    public IReadOnlyList<GroupCopyFailure> Failures { get; init; } = [];
}

/// <param name="Stream">Whose group.</param>
/// <param name="Group">Which.</param>
/// <param name="Reason">For people; never a secret.</param>
public sealed record GroupCopyFailure(StreamName Stream, GroupName Group, string Reason);

/// <summary>Copies changed groups' offsets to their blobs. A copy is never ahead of the rows: blob before rows, and written under the blob's ETag.</summary>
internal sealed class GroupSnapshotWriter(LogPorts ports, GroupTable table, GroupBlobs blobs, GroupNames names, ChangedGroups changed)
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
    public async Task<GroupCopyReport> CopyChangedAsync(TimeSpan budget, CancellationToken cancellation)
    {
        long began = ports.Time.GetTimestamp();
        var counts = new Dictionary<Outcome, int>();
        var failures = new List<GroupCopyFailure>();
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
            catch (Exception trouble) when (trouble is HeadwaterException or StorageException)
            {
                failures.Add(new GroupCopyFailure(group.Stream, group.Key.Group, trouble.Message));
            }
        }

        return new GroupCopyReport(counts.GetValueOrDefault(Outcome.Copied), counts.GetValueOrDefault(Outcome.Unchanged), counts.GetValueOrDefault(Outcome.Removed), left == 0 && failures.Count == 0)
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
                await changed.RemoveAsync(group, cancellation);
                return Outcome.Removed;
            }

            if (await TryCopyAsync(group, stored, cancellation) is { } outcome)
            {
                await changed.SettleAsync(group, cancellation);
                return outcome;
            }
        }

        return Outcome.Unchanged; // Others change it all the time; its mark remains.
    }

    /// <summary>
    /// Deletes the rows of a group whose blob is gone; finishes a deletion that broke off. One query and one transaction for each 100 rows, and three
    /// calls for its name.
    /// </summary>
    public async Task RemoveRowsAsync(StreamName stream, GroupKey key, CancellationToken cancellation)
    {
        IReadOnlyList<TableRow> rows = await table.QueryAsync(key, cancellation);
        long? incarnation = table.Read(rows)?.Group.Incarnation;

        // Delete the group's own row first: without it, the other rows count as leftovers, even if the group is recreated.
        RowChange[] deletions = [.. rows.OrderBy(r => r.Id.Row == GroupKeys.Group ? 0 : 1).Select(r => new RowChange(RowChangeKind.Delete, r.Id.Row, new Dictionary<string, object>(), r.ETag))];
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

    /// <returns>Null if something changed meanwhile.</returns>
    private async Task<Outcome?> TryCopyAsync(ChangedGroup group, StoredGroup stored, CancellationToken cancellation)
    {
        if (table.Read(await table.QueryAsync(group.Key, cancellation)) is not { Group.RestoredFrom: null } state || state.Group.Incarnation != stored.Document.Incarnation)
        {
            return Outcome.Unchanged; // The rows are lost, being restored, or of a group before this one: the blob is all there is.
        }

        if (state.Group.Rewinds < stored.Document.Rewinds)
        {
            // A rewind is under way, or broke off: it has to start over, or counts as not having been.
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
