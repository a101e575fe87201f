using System.Buffers.Text;
using Headwater.Core.Positions;

namespace Headwater.Contracts.Text;

/// <summary>
/// Where a read of several partitions begins. As text: base64url of a version byte, the stream's id (16 bytes), the partition to begin with, the number of the
/// stream's partitions, a bitmap of those that are read unless all are, the lowest offset, and each offset's distance from it with the same number of bits. At
/// most 6 KB for 1,024 partitions whose offsets lie within 2^34 of each other.
/// </summary>
public sealed record ReadCursor
{
    /// <summary>Most partitions of a stream.</summary>
    public const int MaxPartitions = 1024;

    private const byte Version = 1;
    private const int IdBytes = 16;
    private const int MaxText = 16 * 1024;

    /// <summary>The stream's id: 32 lowercase hex digits.</summary>
    public required string StreamId { get; init; }

    /// <summary>The number of the stream's partitions, 1 to 1,024.</summary>
    public required int Partitions { get; init; }

    /// <summary>The next offset of each partition that is read, by partition; at least one.</summary>
    public required IReadOnlyDictionary<PartitionId, Offset> Offsets { get; init; }

    /// <summary>The partition with which the page begins; the others follow in their order.</summary>
    public PartitionId First { get; init; }

    /// <summary>Reads a cursor.</summary>
    /// <returns>Null if the text is not one of <see cref="ToString"/>.</returns>
    public static ReadCursor? Parse(string text)
    {
        if (text.Length is 0 or > MaxText || !Base64Url.IsValid(text))
        {
            return null;
        }

        var bits = new BitReader(Base64Url.DecodeFromChars(text));
        if (!bits.TryRead(8, out ulong version) || version != Version || bits.Bytes(IdBytes) is not { } id
            || !bits.TryRead(16, out ulong first) || !bits.TryRead(16, out ulong count) || count is 0 or > MaxPartitions || first >= count)
        {
            return null;
        }

        return ReadPartitions(ref bits, (int)count) is { Count: > 0 } partitions && ReadOffsets(ref bits, partitions) is { } offsets && bits.IsAtEnd
            ? new ReadCursor
            {
                StreamId = Convert.ToHexStringLower(id),
                Partitions = (int)count,
                Offsets = offsets,
                First = new PartitionId((int)first),
            }
            : null;
    }

    /// <summary>The cursor as text without characters that a query must escape.</summary>
    public override string ToString()
    {
        int[] partitions = [.. Offsets.Keys.Select(p => p.Value).Order()];
        var bits = new BitWriter();
        bits.Write(Version, 8);
        foreach (byte part in Convert.FromHexString(StreamId))
        {
            bits.Write(part, 8);
        }

        bits.Write((ulong)First.Value, 16);
        bits.Write((ulong)Partitions, 16);
        bool isAll = partitions.Length == Partitions;
        bits.Write(isAll ? 1u : 0u, 8);
        for (int p = 0; p < Partitions && !isAll; p++)
        {
            bits.Write(Offsets.ContainsKey(new PartitionId(p)) ? 1u : 0u, 1);
        }

        long lowest = Offsets.Values.Min(o => o.Value);
        int width = 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)(Offsets.Values.Max(o => o.Value) - lowest));
        bits.Write((ulong)lowest, 64);
        bits.Write((ulong)width, 8);
        foreach (int partition in partitions)
        {
            bits.Write((ulong)(Offsets[new PartitionId(partition)].Value - lowest), width);
        }

        return Base64Url.EncodeToString(bits.ToArray());
    }

    private static List<PartitionId>? ReadPartitions(ref BitReader bits, int count)
    {
        if (!bits.TryRead(8, out ulong all) || all > 1)
        {
            return null;
        }

        List<PartitionId> partitions = [];
        for (int p = 0; p < count; p++)
        {
            ulong isRead = 1;
            if (all == 0 && !bits.TryRead(1, out isRead))
            {
                return null;
            }

            if (isRead == 1)
            {
                partitions.Add(new PartitionId(p));
            }
        }

        return partitions;
    }

    private static Dictionary<PartitionId, Offset>? ReadOffsets(ref BitReader bits, List<PartitionId> partitions)
    {
        if (!bits.TryRead(64, out ulong lowest) || lowest > long.MaxValue || !bits.TryRead(8, out ulong width) || width > 63)
        {
            return null;
        }

        var offsets = new Dictionary<PartitionId, Offset>(partitions.Count);
        foreach (PartitionId partition in partitions)
        {
            if (!bits.TryRead((int)width, out ulong distance) || distance > long.MaxValue - lowest)
            {
                return null;
            }

            offsets.Add(partition, new Offset((long)(lowest + distance)));
        }

        return offsets;
    }
}
