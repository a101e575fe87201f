using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Model;

namespace Headwater.Log.Groups.Offsets;

/// <summary>The offset to commit for one partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The next offset to read.</param>
/// <param name="Metadata">The consumer's own text, stored with the offset; at most <see cref="CommitRequest.MetadataMax"/> characters. Null: none.</param>
public sealed record PartitionCommit(PartitionId Partition, Offset Offset, string? Metadata);

/// <summary>Offsets to commit together or not at all.</summary>
/// <param name="Offsets">1 to <see cref="PartitionsMax"/> offsets, each partition at most once.</param>
/// <param name="Member">The member that commits; null for a commit without membership.</param>
/// <param name="Generation">The generation of the heartbeat response under which the events were read. Null exactly if <paramref name="Member"/> is.</param>
public sealed record CommitRequest(IReadOnlyList<PartitionCommit> Offsets, MemberName? Member, Generation? Generation)
{
    /// <summary>Maximum partitions per commit: a table transaction takes 100 rows.</summary>
    public const int PartitionsMax = 100;

    /// <summary>Maximum characters of an offset's metadata. The caller checks it.</summary>
    public const int MetadataMax = 4_096;

    /// <summary>
    /// Maximum bytes of an offset's metadata as escaped JSON, which is how the group's copy has it. With 1,024 partitions, a copy has at most 13 MB.
    /// </summary>
    public const int MetadataBytesMax = 12 * 1024;

    private const int EscapedBytes = 6;

    /// <exception cref="HeadwaterException">InvalidParameter, PartitionNotFound.</exception>
    internal void Require(StreamDescription stream)
    {
        if (Offsets.Count is 0 or > PartitionsMax || Offsets.Select(o => o.Partition).Distinct().Count() != Offsets.Count)
        {
            throw new HeadwaterException(
                ErrorCode.InvalidParameter, $"A commit must have 1 to {PartitionsMax} partitions, each at most once. Nothing was committed.");
        }

        if (Member is null != Generation is null)
        {
            throw new HeadwaterException(
                ErrorCode.InvalidParameter,
                "A commit must have both a member and a generation, or neither. Send the generation at which the member acquired its partitions.");
        }

        foreach (PartitionCommit commit in Offsets)
        {
            stream.RequirePartition(commit.Partition);
            RequireFits(commit);
        }
    }

    private static void RequireFits(PartitionCommit commit)
    {
        int bytes = commit.Metadata?.Sum(c => IsPlain(c) ? 1 : EscapedBytes) ?? 0;
        if (bytes > MetadataBytesMax)
        {
            throw new HeadwaterException(
                ErrorCode.InvalidParameter,
                $"The metadata of partition {commit.Partition} has {bytes} bytes as escaped JSON, in which a character outside printable ASCII has "
                + $"{EscapedBytes}; the limit is {MetadataBytesMax}. Nothing was committed.");
        }
    }

    /// <summary>Whether JSON has the character unescaped. The escaper also escapes characters that have a meaning in HTML.</summary>
    private static bool IsPlain(char c) => c is >= ' ' and <= '~' and not ('"' or '\\' or '<' or '>' or '&' or '\'' or '+' or '`');
}
