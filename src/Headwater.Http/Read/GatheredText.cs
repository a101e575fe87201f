using Headwater.Core.Segments;
using Headwater.Log.Read;

namespace Headwater.Http.Read;

/// <summary>
/// The memory that a page needs to write values of unions whose types look alike in JSON. Charged before the answer begins, because it cannot fail later.
/// </summary>
internal static class GatheredText
{
    /// <summary>The most that one event of the page needs; the events are written one after the other.</summary>
    public static long Of(ReadPage page)
    {
        long most = 0;
        foreach (ReadBlock block in page.Blocks)
        {
            if (block.Schema.GathersText)
            {
                most = Math.Max(most, Of(block));
            }
        }

        return most;
    }

    private static long Of(ReadBlock block)
    {
        long most = 0;
        foreach (DecodedEvent view in block.Block.GetEvents(block.Schema))
        {
            if (view.Offset >= block.Deliver.Start && view.Offset < block.Deliver.End)
            {
                most = Math.Max(most, block.Schema.GatheredBytes(view.Value));
            }
        }

        return most;
    }
}
