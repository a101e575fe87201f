using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;

namespace Headwater.Log.Read;

/// <summary>
/// The memory that the JSON text of a page's largest event takes until it is sent. Text is sent between events, so a page needs it once. It is charged before
/// the answer begins, because the writer of JSON cannot wait inside an event, and cannot fail there either.
/// </summary>
public static class EventText
{
    /// <summary>Events of at most this text need no charge of their own.</summary>
    public const int FreeBytes = 64 * 1024;

    /// <summary>The largest charge. Longer text of an event is sent inside the event.</summary>
    public const int MostBytes = 4 << 20;

    /// <summary>Names, offsets and times around the value, in the longest form.</summary>
    private const int AroundBytes = 4 * 1024;

    private const int EscapedByte = 6;

    /// <summary>What the events in a range of a block need: the most that one of them does.</summary>
    /// <param name="block">The block.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="range">The events that are delivered.</param>
    /// <param name="longest">The bytes of the block's largest event.</param>
    internal static int Of(DecodedBlock block, ValueSchema schema, OffsetRange range, int longest)
    {
        if (AroundBytes + ((long)EscapedByte * longest) + schema.JsonBytesAtMost(longest) <= FreeBytes)
        {
            return 0;
        }

        long most = 0;
        foreach (DecodedEvent view in block.GetEvents(schema))
        {
            if (view.Offset >= range.Start && view.Offset < range.End)
            {
                most = Math.Max(most, AroundBytes + (EscapedByte * (view.Length - view.Value.Length)) + schema.JsonBytes(view.Value));
            }
        }

        return most <= FreeBytes ? 0 : (int)Math.Min(MostBytes, most);
    }
}
