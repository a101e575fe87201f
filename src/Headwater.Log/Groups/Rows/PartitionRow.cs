using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Groups.Rows;

/// <summary>Row <c>p:{partition}</c>: a partition's committed offset, its holder, and the generation of the holder's acquisition, under one ETag.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Incarnation">The group's incarnation.</param>
internal sealed record PartitionRow(PartitionId Partition, long Incarnation)
{
    private const string IncarnationName = "incarnation";

    private const string OffsetName = "offset";

    private const string MetadataName = "metadata";

    private const string HolderName = "holder";

    private const string GenerationName = "generation";

    private const string RewindsName = "rewinds";

    /// <summary>The next offset to read; null if none was committed.</summary>
    public Offset? Offset { get; init; }

    public string? Metadata { get; init; }

    /// <summary>Null if no member holds the partition. A holder without a member row counts as none.</summary>
    public MemberName? Holder { get; init; }

    /// <summary>The generation at which the holder acquired the partition, or at which a reset fenced the holder.</summary>
    public Generation Generation { get; init; }

    /// <summary>Number of the last offset reset that applied to the row.</summary>
    public long Rewinds { get; init; }

    /// <summary>Null for a row that is not stored yet.</summary>
    public string? ETag { get; init; }

    public static PartitionRow? Read(TableRow row) =>
        row.Number(IncarnationName) is { } incarnation
            ? new PartitionRow(GroupKeys.PartitionOf(row.Id.Row), incarnation)
            {
                Offset = row.Number(OffsetName) is { } offset ? new Offset(offset) : null,
                Metadata = row.Text(MetadataName),
                Holder = row.Text(HolderName) is { } holder ? MemberName.Parse(holder) : null,
                Generation = new Generation(row.Number(GenerationName) ?? 0),
                Rewinds = row.Number(RewindsName) ?? 0,
                ETag = row.ETag,
            }
            : null;

    public RowChange Written() => new(ETag is null ? RowChangeKind.Insert : RowChangeKind.Replace, GroupKeys.Partition(Partition), Values(), ETag);

    private Dictionary<string, object> Values()
    {
        var values = new Dictionary<string, object>
        {
            [IncarnationName] = Incarnation,
            [GenerationName] = Generation.Value,
            [RewindsName] = Rewinds,
        };
        if (Offset is { } offset)
        {
            values[OffsetName] = offset.Value;
        }

        if (Metadata is { } metadata)
        {
            values[MetadataName] = metadata;
        }

        if (Holder is { } holder)
        {
            values[HolderName] = holder.Value;
        }

        return values;
    }
}
