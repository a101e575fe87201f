using System.Globalization;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Groups.Rows;

/// <summary>A group's stream id and name. Its rows are one partition of table <c>groups</c>.</summary>
internal readonly record struct GroupKey(string StreamId, GroupName Group)
{
    public string Partition => $"{StreamId}:{Group}";
}

/// <summary>Keys of table <c>groups</c>. They are persisted: their meanings never change.</summary>
internal static class GroupKeys
{
    public const string Table = StorageNames.GroupsTable;

    /// <summary>Row of the group itself.</summary>
    public const string Group = "g";

    /// <summary>Row whose timestamp is the time of the last restore of the group's rows from its blob.</summary>
    public const string Restored = "r";

    /// <summary>Partition key of the marks of groups whose offsets may have changed since the last copy.</summary>
    public const string Changed = "changed";

    /// <summary>Row in a stream's list of groups: the list is complete. Sorts before every name.</summary>
    public const string Complete = "complete";

    private const string MemberPrefix = "m:";

    private const string PartitionPrefix = "p:";

    private const string NamePrefix = "g:";

    public static string Member(MemberName member) => MemberPrefix + member.Value;

    public static string Partition(PartitionId partition) => string.Create(CultureInfo.InvariantCulture, $"{PartitionPrefix}{partition.Value:D5}");

    /// <summary>Row of a group in its stream's list. The list's partition key is the stream's id.</summary>
    public static string Listed(string group) => NamePrefix + group;

    /// <summary>Row of a group's mark in partition <see cref="Changed"/>.</summary>
    public static string Mark(GroupKey key) => key.Partition;

    public static bool IsMember(string row) => row.StartsWith(MemberPrefix, StringComparison.Ordinal);

    public static bool IsPartition(string row) => row.StartsWith(PartitionPrefix, StringComparison.Ordinal);

    public static MemberName MemberOf(string row) => MemberName.Parse(row[MemberPrefix.Length..]);

    public static PartitionId PartitionOf(string row) => new(int.Parse(row.AsSpan(PartitionPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture));

    /// <summary>The group name of a row in a stream's list.</summary>
    /// <returns>Null for other rows.</returns>
    public static string? NameOf(string row) => row.StartsWith(NamePrefix, StringComparison.Ordinal) ? row[NamePrefix.Length..] : null;

    /// <summary>The inverse of <see cref="Mark"/>.</summary>
    /// <returns>False if the row is not a mark.</returns>
    public static bool TryReadMark(string row, out GroupKey key)
    {
        int colon = row.IndexOf(':', StringComparison.Ordinal);
        bool isMark = colon > 0 && PlainName.IsWellFormed(row[(colon + 1)..]);
        key = isMark ? new GroupKey(row[..colon], GroupName.Parse(row[(colon + 1)..])) : default;
        return isMark;
    }
}
