using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;

namespace Headwater.Log.Groups.Membership;

/// <summary>
/// Assigns partitions to members. Partition counts differ by at most one, and a partition changes its holder only if the balance requires it.
/// Pure: the same members and holdings give the same assignment on every instance.
/// Uses the idea of Kafka's sticky assignor (KIP-54). All members take the same partitions here, so the assignment has a closed form:
/// each member has a quota, and the members that hold the most partitions get the larger quotas.
/// </summary>
public static class Assignor
{
    /// <summary>Assigns every partition to a member.</summary>
    /// <param name="partitions">Number of partitions, numbered from 0.</param>
    /// <param name="members">The members, in any order, without repeats; at least one.</param>
    /// <param name="holders">
    /// The current holder of each partition. A partition that is missing, or whose holder is not in <paramref name="members"/>, is free.
    /// </param>
    /// <returns>The member of each partition.</returns>
    public static IReadOnlyDictionary<PartitionId, MemberName> Assign(
        int partitions, IReadOnlyCollection<MemberName> members, IReadOnlyDictionary<PartitionId, MemberName> holders)
    {
        Dictionary<MemberName, List<PartitionId>> held = members.ToDictionary(m => m, _ => new List<PartitionId>());
        var free = new Queue<PartitionId>();
        foreach (PartitionId partition in Enumerable.Range(0, partitions).Select(p => new PartitionId(p)))
        {
            if (holders.TryGetValue(partition, out MemberName holder) && held.TryGetValue(holder, out List<PartitionId>? its))
            {
                its.Add(partition);
            }
            else
            {
                free.Enqueue(partition);
            }
        }

        // The members that hold the most get the larger quotas, which moves the fewest partitions.
        MemberName[] ordered = [.. members.OrderByDescending(m => held[m].Count).ThenBy(m => m)];
        (int share, int larger) = Math.DivRem(partitions, ordered.Length);
        foreach ((int rank, MemberName member) in ordered.Index())
        {
            Trim(held[member], Quota(rank), free);
        }

        var assigned = new Dictionary<PartitionId, MemberName>(partitions);
        foreach ((int rank, MemberName member) in ordered.Index())
        {
            Fill(held[member], Quota(rank), free);
            held[member].ForEach(p => assigned[p] = member);
        }

        return assigned;

        int Quota(int rank) => rank < larger ? share + 1 : share;
    }

    private static void Trim(List<PartitionId> held, int quota, Queue<PartitionId> free)
    {
        foreach (PartitionId partition in held.Skip(quota))
        {
            free.Enqueue(partition);
        }

        held.RemoveRange(Math.Min(quota, held.Count), Math.Max(0, held.Count - quota));
    }

    private static void Fill(List<PartitionId> held, int quota, Queue<PartitionId> free)
    {
        while (held.Count < quota)
        {
            held.Add(free.Dequeue());
        }
    }
}
