using Headwater.Core.Segments;
using Headwater.Log.Read;
using Xunit;

namespace Headwater.Log.Tests;

/// <summary>Opens raw pages as Avro container files.</summary>
internal static class RawPages
{
    public static byte[] File(RawPage page) => [.. page.Header.ToArray(), .. page.Blocks.ToArray()];

    public static IReadOnlyList<long> Offsets(RawPage page)
    {
        byte[] file = File(page);
        Assert.True(SegmentHeader.TryRead(file, out SegmentHeader? header, out int position));
        var offsets = new List<long>();
        using var block = new DecodedBlock();
        while (position < file.Length)
        {
            Assert.True(BlockDecoder.TryRead(file.AsSpan(position), position, header.Codec, header.Sync, block));
            foreach (DecodedEvent view in block.GetEvents(header.Schema))
            {
                offsets.Add(view.Offset.Value);
            }

            position += block.Length;
        }

        return offsets;
    }
}
