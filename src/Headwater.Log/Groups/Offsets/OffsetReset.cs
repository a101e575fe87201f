using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Rows;
using Headwater.Log.Groups.Snapshots;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Read;

namespace Headwater.Log.Groups.Offsets;

/// <summary>
/// Resets a group's offsets in steps during which the copy is never ahead of the rows. First the copy is lowered and counts the reset; then the rows move; the
/// last step counts the reset in the group's own row. A reset that stops between two steps leaves offsets at which no event is skipped.
/// </summary>
internal sealed class OffsetReset(GroupTable table, GroupOpener opener, GroupBlobs blobs, ChangedGroups changed, LogPositions positions)
{
    private const int Attempts = 10;

    private const int RowsAStep = GroupTable.TransactionRows - 1;

    private const int PartitionsAtATime = 16;

    public async Task<ResetOutcome> ResetAsync(StreamDescription stream, GroupKey key, ResetRequest request, CancellationToken cancellation)
    {
        PartitionId[] partitions = [.. request.Partitions?.Order() ?? Enumerable.Range(0, stream.Partitions).Select(p => new PartitionId(p))];
        Array.ForEach(partitions, stream.RequirePartition);
        GroupState before = await opener.FindAsync(stream, key, cancellation) ?? throw GroupOpener.NotFound(key);
        RequireMay(before, key, request);
        IReadOnlyDictionary<PartitionId, Offset> target = await TargetAsync(stream, partitions, request.To, cancellation);
        if (request.DryRun)
        {
            return Outcome(before, before.Group.Generation, applied: false);
        }

        await changed.MarkAsync(stream.Name, key, cancellation);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (await TryAsync(stream, key, target, request, cancellation) is { } done)
            {
                return Outcome(done.Before, done.Generation, applied: true);
            }
        }

        throw GroupOpener.Contended(key);

        ResetOutcome Outcome(GroupState state, Generation generation, bool applied) =>
            new(generation, applied, [.. partitions.Select(p => new PartitionReset(p, state.Row(p).Offset, target[p]))]);
    }

    /// <returns>Null if another request changed the group: start again from the copy.</returns>
    private async Task<(GroupState Before, Generation Generation)?> TryAsync(
        StreamDescription stream, GroupKey key, IReadOnlyDictionary<PartitionId, Offset> target, ResetRequest request, CancellationToken cancellation)
    {
        StoredGroup stored = await blobs.ReadAsync(stream.Name, key, cancellation) ?? throw GroupOpener.NotFound(key);
        GroupState before = await opener.FindAsync(stream, key, cancellation) ?? throw GroupOpener.NotFound(key);
        RequireMay(before, key, request);
        long rewinds = Math.Max(before.Group.Rewinds, stored.Document.Rewinds) + 1;
        if (before.Group.Incarnation != stored.Document.Incarnation
            || !await blobs.WriteAsync(
                stream.Name, key, Lowered(stored.Document, target) with { Rewinds = rewinds }, WriteCondition.IfUnchanged(stored.ETag), cancellation))
        {
            return null;
        }

        return await MoveAsync(key, before, target, rewinds, cancellation) is { } generation ? (before, generation) : null;
    }

    /// <summary>Fences the members first, then moves the partitions. Every step writes the group's row, so a concurrent change makes the step fail.</summary>
    private async Task<Generation?> MoveAsync(
        GroupKey key, GroupState before, IReadOnlyDictionary<PartitionId, Offset> target, long rewinds, CancellationToken cancellation)
    {
        Generation next = before.Group.Generation.Next;
        List<RowChange> rows =
        [
            .. before.Members.Values.Where(m => !before.IsGone(m)).Select(m => (m with { Joined = next, IsFenced = true }).Written()),
            .. before.Partitions.Values
                .Where(p => p.Holder is not null && !target.ContainsKey(p.Partition))
                .Select(p => (p with { Generation = next }).Written()),
            .. target.Select(t => (before.Row(t.Key) with { Offset = t.Value, Metadata = null, Generation = next, Rewinds = rewinds }).Written()),
        ];
        RowChange[][] steps = [.. rows.Chunk(RowsAStep)];
        GroupRow group = before.Group;
        foreach ((int index, RowChange[] step) in steps.Index())
        {
            bool isLast = index == steps.Length - 1;
            GroupRow changedGroup = group with { Generation = next, Rewinds = isLast ? rewinds : group.Rewinds };
            IReadOnlyList<string?>? etags = await table.ApplyForETagsAsync(key, [changedGroup.Written(), .. step], cancellation);
            if (etags is null)
            {
                return null;
            }

            group = changedGroup with { ETag = etags[0]! };
        }

        return next;
    }

    /// <summary>Offsets are only lowered. If the table is lost before the rows change, restoring this copy must not skip events.</summary>
    private static GroupDocument Lowered(GroupDocument document, IReadOnlyDictionary<PartitionId, Offset> target)
    {
        var offsets = new SortedDictionary<string, SnapshotOffset>(document.Offsets.ToDictionary(), StringComparer.Ordinal);
        foreach ((PartitionId partition, Offset offset) in target)
        {
            if (document.Find(partition) is { } copied && copied.Offset > offset.Value)
            {
                offsets[partition.ToString()] = new SnapshotOffset(offset.Value, null);
            }
        }

        return document with { Offsets = offsets };
    }

    /// <exception cref="HeadwaterException">GroupActive.</exception>
    private static void RequireMay(GroupState state, GroupKey key, ResetRequest request)
    {
        if (!request.Force && !request.DryRun)
        {
            MemberRefusals.RequireNoLive(key.Group, state, "force the reset, which requires them to rejoin");
        }
    }

    private async Task<IReadOnlyDictionary<PartitionId, Offset>> TargetAsync(
        StreamDescription stream, PartitionId[] partitions, ReadFrom to, CancellationToken cancellation)
    {
        if (to.Kind == ReadFromKind.Offset)
        {
            IReadOnlyDictionary<PartitionId, Offset> ends = await positions.FreshEndsAsync(stream, partitions, cancellation);
            return ends.ToDictionary(e => e.Key, e => new Offset(Math.Clamp(to.Value, Math.Min(stream.LogStart(e.Key).Value, e.Value.Value), e.Value.Value)));
        }

        var target = new Dictionary<PartitionId, Offset>();
        foreach (PartitionId[] some in partitions.Chunk(PartitionsAtATime))
        {
            Offset[] found = await Task.WhenAll(some.Select(p => positions.FindAsync(stream, p, to, cancellation)));
            foreach ((PartitionId partition, Offset offset) in some.Zip(found))
            {
                target[partition] = offset;
            }
        }

        return target;
    }
}
