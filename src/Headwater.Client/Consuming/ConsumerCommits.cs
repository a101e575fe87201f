using Headwater.Contracts.Errors;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>Commits what a consumer has processed.</summary>
internal static class ConsumerCommits
{
    /// <param name="session">The member.</param>
    /// <param name="assignment">Its partitions.</param>
    /// <param name="offsets">
    /// Null: what is processed and not committed yet. A partition that was moved back commits nothing until it is past its commit.
    /// </param>
    /// <param name="cancellation">Stops the request.</param>
    /// <exception cref="HeadwaterException">partition_lost, also of an offset of a partition that the consumer does not have.</exception>
    public static async Task CommitAsync(
        GroupSession session, Assignment assignment, IReadOnlyDictionary<PartitionId, Offset>? offsets, CancellationToken cancellation)
    {
        (AssignedPartition Partition, Offset Offset)[] due = assignment.With(all => all.Values.Select(p => (p, OffsetOf(p, offsets)))
            .Where(d => d.Item2 is not null && !d.p.Dropped.IsCancellationRequested)
            .Where(d => offsets is not null || d.p.Committed is null || d.Item2 > d.p.Committed)
            .Select(d => (d.p, d.Item2!.Value))
            .ToArray());
        PartitionId[] missing = offsets is null ? [] : [.. offsets.Keys.Except(due.Select(d => d.Partition.Partition)).Order()];
        if (missing.Length > 0)
        {
            throw new HeadwaterException(
                ErrorCode.PartitionLost.WireName(),
                $"The consumer does not have partition {string.Join(", ", missing)}, so another member may process it. Nothing was committed.");
        }

        await CommitAsync(session, assignment, due, cancellation);
    }

    /// <summary>Commits one partition, which is finished.</summary>
    public static Task CommitLastAsync(GroupSession session, Assignment assignment, AssignedPartition partition, CancellationToken cancellation) =>
        partition.Processed <= partition.Committed || partition.Dropped.IsCancellationRequested
            ? Task.CompletedTask
            : CommitAsync(session, assignment, [(partition, partition.Processed)], cancellation);

    private static async Task CommitAsync(
        GroupSession session, Assignment assignment, (AssignedPartition Partition, Offset Offset)[] due, CancellationToken cancellation)
    {
        if (due.Length == 0)
        {
            return;
        }

        await session.CommitAsync(due, cancellation);
        assignment.With(_ =>
        {
            foreach ((AssignedPartition partition, Offset offset) in due)
            {
                partition.Committed = offset;
            }

            return true;
        });
    }

    private static Offset? OffsetOf(AssignedPartition partition, IReadOnlyDictionary<PartitionId, Offset>? offsets) =>
        offsets is null ? partition.Processed : offsets.TryGetValue(partition.Partition, out Offset offset) ? offset : null;
}
