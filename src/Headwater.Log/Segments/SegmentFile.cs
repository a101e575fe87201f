using System.Globalization;
using Headwater.Core.Positions;
using Headwater.Log.Ports;

namespace Headwater.Log.Segments;

/// <summary>What a listing says about a segment.</summary>
/// <param name="Name">Full blob name.</param>
/// <param name="Base">The lowest offset that the segment may hold.</param>
/// <param name="End">One past the highest offset that the segment covers. Null for generation 0: such a segment ends at the base of its successor.</param>
/// <param name="Generation">0 for a segment that appends wrote, 1 or more for one that compaction wrote.</param>
/// <param name="Length">Bytes at the time of the listing.</param>
/// <param name="Sealed">Whether the segment was sealed at the time of the listing; always true for a compacted segment, which is a block blob.</param>
public sealed record SegmentFile(string Name, Offset Base, Offset? End, int Generation, long Length, bool Sealed)
{
    private const int OffsetDigits = 20;

    /// <summary>ETag of the listed version; empty for a segment that was not listed.</summary>
    public string ETag { get; init; } = "";

    /// <summary>When the segment was last written, by the service's clock. For a compacted segment, when it was published.</summary>
    public DateTimeOffset Modified { get; init; }

    /// <summary>Reads the name of a listed blob.</summary>
    /// <returns>Null if the blob is not a segment.</returns>
    public static SegmentFile? FromListing(BlobItem item)
    {
        ReadOnlySpan<char> name = item.Name.AsSpan(item.Name.LastIndexOf('/') + 1);
        if (!name.EndsWith(BlobNames.SegmentSuffix, StringComparison.Ordinal))
        {
            return null;
        }

        name = name[..^BlobNames.SegmentSuffix.Length];
        if (!TryReadOffset(name, out Offset start))
        {
            return null;
        }

        ReadOnlySpan<char> rest = name[OffsetDigits..];
        if (rest.IsEmpty)
        {
            return new SegmentFile(item.Name, start, null, 0, item.Length, item.Sealed) { Modified = item.LastModified, ETag = item.ETag };
        }

        return rest[0] == '-' && TryReadOffset(rest[1..], out Offset end) && TryReadGeneration(rest[(1 + OffsetDigits)..], out int generation) && end > start
            ? new SegmentFile(item.Name, start, end, generation, item.Length, Sealed: true) { Modified = item.LastModified, ETag = item.ETag }
            : null;
    }

    private static bool TryReadOffset(ReadOnlySpan<char> text, out Offset offset)
    {
        offset = Offset.Zero;
        if (text.Length < OffsetDigits || !long.TryParse(text[..OffsetDigits], NumberStyles.None, CultureInfo.InvariantCulture, out long value))
        {
            return false;
        }

        offset = new Offset(value);
        return true;
    }

    private static bool TryReadGeneration(ReadOnlySpan<char> text, out int generation)
    {
        generation = 0;
        return text.StartsWith(".g", StringComparison.Ordinal)
            && int.TryParse(text[2..], NumberStyles.None, CultureInfo.InvariantCulture, out generation)
            && generation >= 1;
    }
}
