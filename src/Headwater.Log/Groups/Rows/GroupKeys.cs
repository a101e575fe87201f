using System.Globalization;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Groups.Rows;

/// <summary>Which creation of a stream a group belongs to, and its name: one partition of table <c>groups</c>.</summary>
internal readonly record struct GroupKey(string StreamId, GroupName Group)
{
    public string Partition => $"{StreamId}:{Group}";
}

/// <summary>Keys of table <c>groups</c>, built in one place. Stored: they never change meaning.</summary>
internal static class GroupKeys
{
    public const string Table = StorageNames.GroupsTable;

    /// <summary>The group itself.</summary>
    public const string Group = "g";

    /// <summary>Written when the group's rows were made again from its blob.</summary>
    public const string Restored = "r";

    /// <summary>Partition of the marks of groups whose offsets have changed since they were copied.</summary>
    public const string Changed = "changed";

    /// <summary>In a stream's list of groups: the list is whole. Sorts before every name.</summary>
    public const string Complete = "complete";

    private const string MemberPrefix = "m:";

    private const string PartitionPrefix = "p:";

    private const string NamePrefix = "g:";

    public static string Member(MemberName member) => MemberPrefix + member.Value;

    public static string Partition(PartitionId partition) => string.Create(CultureInfo.InvariantCulture, $"{PartitionPrefix}{partition.Value:D5}");

    /// <summary>A group in its stream's list, whose partition key is the stream's id.</summary>
    public static string Listed(string group) => NamePrefix + group;

    /// <summary>A group among the changed ones.</summary>
    public static string Mark(GroupKey key) => key.Partition;

    public static bool IsMember(string row) => row.StartsWith(MemberPrefix, StringComparison.Ordinal);

    public static bool IsPartition(string row) => row.StartsWith(PartitionPrefix, StringComparison.Ordinal);

    public static MemberName MemberOf(string row) => MemberName.Parse(row[MemberPrefix.Length..]);

    public static PartitionId PartitionOf(string row) => new(int.Parse(row.AsSpan(PartitionPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture));

    /// <returns>Null for a row that is no group's name.</returns>
    public static string? NameOf(string row) => row.StartsWith(NamePrefix, StringComparison.Ordinal) ? row[NamePrefix.Length..] : null;

    /// <summary>The opposite of <see cref="Mark"/>.</summary>
    public static GroupKey OfMark(string row)
    {
        int colon = row.IndexOf(':', StringComparison.Ordinal);
        return new GroupKey(row[..colon], GroupName.Parse(row[(colon + 1)..]));
    }
}
