using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Groups.Rows;

/// <summary>The ranges of a group's rows that a request needs. One query reads them, so it never costs more calls than reading all rows.</summary>
internal static class GroupRanges
{
    /// <summary>All rows of members; ';' follows ':'.</summary>
    private static readonly RowRange Members = new("m:", "m;");

    /// <summary>The group's row, the rows of a member (null: of all members) and those of some partitions.</summary>
    public static IReadOnlyList<RowRange> Of(MemberName? member, IEnumerable<PartitionId> partitions) =>
    [
        RowRange.One(GroupKeys.Group),
        member is { } one ? RowRange.One(GroupKeys.Member(one)) : Members,
        .. Merged(partitions, RowRange.Most - 2),
    ];

    /// <summary>At most <paramref name="most"/> ranges that contain the partitions: the widest gaps between them are left out.</summary>
    private static IEnumerable<RowRange> Merged(IEnumerable<PartitionId> partitions, int most)
    {
        PartitionId[] sorted = [.. partitions.Order()];
        if (sorted.Length == 0)
        {
            yield break;
        }

        HashSet<int> ends =
        [
            .. Enumerable.Range(0, sorted.Length - 1)
                .Where(i => sorted[i + 1].Value - sorted[i].Value > 1)
                .OrderByDescending(i => sorted[i + 1].Value - sorted[i].Value)
                .Take(most - 1),
            sorted.Length - 1,
        ];
        int first = 0;
        foreach (int end in ends.Order())
        {
            yield return new RowRange(GroupKeys.Partition(sorted[first]), GroupKeys.Partition(sorted[end]));
            first = end + 1;
        }
    }
}
