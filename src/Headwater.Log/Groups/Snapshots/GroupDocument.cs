using System.Text.Json;
using System.Text.Json.Serialization;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Rows;

namespace Headwater.Log.Groups.Snapshots;

/// <summary>
/// Document <c>groups/{g}.json</c>. It proves that the group exists and holds the last copy of its offsets, which is never ahead of the rows. Every change is
/// conditional on the ETag. The members are persisted: their names and meanings never change.
/// </summary>
internal sealed record GroupDocument
{
    private const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    public required string Group { get; init; }

    /// <summary>The group's first generation. Distinguishes the group from others of the same name.</summary>
    public required long Incarnation { get; init; }

    /// <summary>The group's generation at the last copy. A restored group's generation is higher.</summary>
    public required long Generation { get; init; }

    /// <summary>Number of offset resets begun. Rows with a lower number are older than the last reset.</summary>
    public long Rewinds { get; init; }

    /// <summary>
    /// The longest session any member had, in milliseconds. For this long after a loss of the rows, a member may still believe that it holds partitions.
    /// </summary>
    public required long LongestSession { get; init; }

    /// <summary>The copied offsets, by partition number.</summary>
    public IReadOnlyDictionary<string, SnapshotOffset> Offsets { get; init; } = new Dictionary<string, SnapshotOffset>();

    public static GroupDocument For(GroupName group, Generation first, TimeSpan longestSession) => new()
    {
        Group = group.Value,
        Incarnation = first.Value,
        Generation = first.Value,
        LongestSession = (long)longestSession.TotalMilliseconds,
    };

    /// <summary>Parses a group's document.</summary>
    /// <exception cref="HeadwaterException">CorruptSegment: the bytes are not valid, or the format is not supported.</exception>
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

    /// <summary>The document with the rows' offsets. A partition without a committed offset in the rows keeps the copied offset.</summary>
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
