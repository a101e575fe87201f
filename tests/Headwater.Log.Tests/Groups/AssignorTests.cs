using CsCheck;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Membership;
using Headwater.Log.Groups.Model;
using Xunit;

namespace Headwater.Log.Tests.Groups;

public sealed class AssignorTests
{
    private static readonly Gen<int> Partitions = Gen.Int[1, 256];

    /// <summary>The members after each step, in which members join, leave and expire.</summary>
    private static readonly Gen<List<HashSet<int>>> Histories = Gen.Int[0, 19].HashSet[1, 12].List[1, 8];

    /// <summary>Arbitrary holdings, including those of former members.</summary>
    private static readonly Gen<int[]> Holdings = Gen.Int[-1, 25].Array[256];

    [Fact]
    public void Shares_are_balanced_within_one_whoever_held_what() =>
        Gen.Select(Partitions, Gen.Int[0, 19].HashSet[1, 20], Holdings).Sample((partitions, members, holdings) =>
        {
            IReadOnlyDictionary<PartitionId, MemberName> assigned = Assignor.Assign(partitions, Names(members), Held(partitions, holdings));
            int[] shares = [.. Names(members).Select(m => assigned.Values.Count(a => a == m))];
            Assert.InRange(shares.Max() - shares.Min(), 0, 1);
        });

    [Fact]
    public void Every_partition_has_exactly_one_member_that_is_there() =>
        Gen.Select(Partitions, Gen.Int[0, 19].HashSet[1, 20], Holdings).Sample((partitions, members, holdings) =>
        {
            IReadOnlyDictionary<PartitionId, MemberName> assigned = Assignor.Assign(partitions, Names(members), Held(partitions, holdings));
            Assert.Equal(Enumerable.Range(0, partitions), assigned.Keys.Select(p => p.Value).Order());
            Assert.Subset(Names(members).ToHashSet(), assigned.Values.ToHashSet());
        });

    [Fact]
    public void No_balanced_assignment_moves_fewer_partitions_away_from_their_holders() =>
        Gen.Select(Partitions, Gen.Int[0, 19].HashSet[1, 20], Holdings).Sample((partitions, members, holdings) =>
        {
            Dictionary<PartitionId, MemberName> held = Held(partitions, holdings);
            MemberName[] names = Names(members);
            IReadOnlyDictionary<PartitionId, MemberName> assigned = Assignor.Assign(partitions, names, held);
            int kept = held.Count(h => names.Contains(h.Value) && assigned[h.Key] == h.Value);
            Assert.Equal(MostKept(partitions, [.. names.Select(m => held.Values.Count(h => h == m))]), kept);
        });

    [Fact]
    public void An_assignment_is_settled_when_nobody_comes_or_goes() =>
        Gen.Select(Partitions, Gen.Int[0, 19].HashSet[1, 20], Holdings).Sample((partitions, members, holdings) =>
        {
            IReadOnlyDictionary<PartitionId, MemberName> once = Assignor.Assign(partitions, Names(members), Held(partitions, holdings));
            IReadOnlyDictionary<PartitionId, MemberName> again = Assignor.Assign(partitions, [.. Names(members).Reverse()], once);
            Assert.Equal(once.OrderBy(a => a.Key), again.OrderBy(a => a.Key));
        });

    [Fact]
    public void Through_joins_leaves_and_expiries_each_step_moves_the_least() =>
        Gen.Select(Partitions, Histories).Sample((partitions, history) =>
        {
            IReadOnlyDictionary<PartitionId, MemberName> held = new Dictionary<PartitionId, MemberName>();
            foreach (HashSet<int> members in history)
            {
                IReadOnlyDictionary<PartitionId, MemberName> assigned = Assignor.Assign(partitions, Names(members), held);
                int kept = held.Count(h => assigned[h.Key] == h.Value);
                Assert.Equal(MostKept(partitions, [.. Names(members).Select(m => held.Values.Count(h => h == m))]), kept);
                held = assigned;
            }
        });

    /// <summary>
    /// The most partitions that members can keep with balanced shares. Unlike the assignor, it is computed by giving the larger shares to members that hold
    /// more than the smaller share.
    /// </summary>
    private static int MostKept(int partitions, int[] held)
    {
        int share = partitions / held.Length;
        int gaining = held.Count(h => h > share);
        return held.Sum(h => Math.Min(h, share)) + Math.Min(gaining, partitions % held.Length);
    }

    private static MemberName[] Names(IEnumerable<int> members) => [.. members.Select(m => MemberName.Parse($"m{m}"))];

    private static Dictionary<PartitionId, MemberName> Held(int partitions, int[] holdings) =>
        Enumerable.Range(0, partitions).Where(p => holdings[p] >= 0).ToDictionary(p => new PartitionId(p), p => MemberName.Parse($"m{holdings[p]}"));
}
