using System.Globalization;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Read;

namespace Headwater.Http.Read;

/// <summary>Cursors of segment listings as text: <c>{partition}-{offset}</c>.</summary>
internal static class SegmentCursors
{
    public static string Format(SegmentCursor cursor) => $"{cursor.Partition}-{cursor.Next}";

    /// <exception cref="HeadwaterException">InvalidParameter.</exception>
    public static SegmentCursor? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        string[] parts = text.Split('-');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int partition)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
                ? new SegmentCursor(new PartitionId(partition), new Offset(offset))
                : throw Refusals.Parameter("after", $"must be next of an earlier page, as 3-1200, not '{text}'.");
    }
}
