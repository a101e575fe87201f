using System.Globalization;
using Headwater.Core.Positions;
using Headwater.Log.Ports;

namespace Headwater.Log.Segments;

/// <summary>A segment as its name and listing tell it.</summary>
/// <param name="Name">Full blob name.</param>
/// <param name="Base">First offset it may hold.</param>
/// <param name="End">One past the last offset it stands for; null for generation 0, whose end is its successor's base.</param>
/// <param name="Generation">0 for what the append path wrote, from 1 for compaction.</param>
/// <param name="Length">Bytes when listed.</param>
/// <param name="Sealed">Whether the listing said so.</param>
public sealed record SegmentFile(string Name, Offset Base, Offset? End, int Generation, long Length, bool Sealed)
{
    private const int OffsetDigits = 20;

    /// <summary>Of this version, as listed.</summary>
    public string ETag { get; init; } = "";

    /// <summary>When it was last written, by the service's clock; of a compacted segment, when it was published.</summary>
    public DateTimeOffset Modified { get; init; }

    /// <summary>Reads a listed blob; null if it is none of ours or no segment (checkpoint, index).</summary>
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
