using System.Text.Json;
using System.Text.Json.Serialization;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Rows;

namespace Headwater.Log.Groups.Snapshots;

/// <summary>
/// <c>groups/{g}.json</c>: that the group exists, and its offsets when they were last copied; never ahead of the rows. Every change is made under
/// <c>If-Match</c>.
/// Persisted: names and meanings never change.
/// </summary>
internal sealed record GroupDocument
{
    private const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    public required string Group { get; init; }

    /// <summary>Generation at the creation; tells this group from others under its name.</summary>
    public required long Incarnation { get; init; }

    /// <summary>When it was copied; a restored group's is greater.</summary>
    public required long Generation { get; init; }

    /// <summary>Rewinds begun. Rows that say fewer belong to a time before the last one.</summary>
    public long Rewinds { get; init; }

    /// <summary>No member ever had a longer one: so long after a loss of the rows someone may still hold what he held. Milliseconds.</summary>
    public required long LongestSession { get; init; }

    /// <summary>By partition number.</summary>
    public IReadOnlyDictionary<string, SnapshotOffset> Offsets { get; init; } = new Dictionary<string, SnapshotOffset>();

    public static GroupDocument For(GroupName group, Generation first, TimeSpan longestSession) => new()
    {
        Group = group.Value,
        Incarnation = first.Value,
        Generation = first.Value,
        LongestSession = (long)longestSession.TotalMilliseconds,
    };

    /// <exception cref="HeadwaterException">CorruptSegment: the blob is no such document of a format known here.</exception>
    public static GroupDocument Read(ReadOnlySpan<byte> json, string blob)
    {
        try
        {
            GroupDocument? document = JsonSerializer.Deserialize(json, GroupDocumentJson.Default.GroupDocument);
            return document is { Format: CurrentFormat }
                ? document
                : throw new HeadwaterException(ErrorCode.CorruptSegment, $"{blob} has a format that this version does not support. Upgrade the app.");
        }
        catch (JsonException problem)
        {
            throw new HeadwaterException(ErrorCode.CorruptSegment, $"{blob} cannot be read: {problem.Message}", problem);
        }
    }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, GroupDocumentJson.Default.GroupDocument);

    public SnapshotOffset? Find(PartitionId partition) => Offsets.GetValueOrDefault(partition.ToString());

    /// <summary>With the rows' offsets; a partition without a row keeps what was copied.</summary>
    public GroupDocument With(GroupState state)
    {
        var offsets = new SortedDictionary<string, SnapshotOffset>(Offsets.ToDictionary(), StringComparer.Ordinal);
        foreach (PartitionRow row in state.Partitions.Values)
        {
            if (row.Offset is { } offset)
            {
                offsets[row.Partition.ToString()] = new SnapshotOffset(offset.Value, row.Metadata);
            }
        }

        return this with { Generation = state.Group.Generation.Value, Offsets = offsets };
    }

    public bool HasOffsetsOf(GroupDocument other) =>
        Offsets.Count == other.Offsets.Count && Offsets.All(o => other.Offsets.GetValueOrDefault(o.Key) == o.Value);
}

internal sealed record SnapshotOffset(long Offset, string? Metadata);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(GroupDocument))]
internal sealed partial class GroupDocumentJson : JsonSerializerContext;
