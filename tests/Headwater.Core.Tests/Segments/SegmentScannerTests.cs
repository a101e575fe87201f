using Headwater.Core.Segments;

namespace Headwater.Core.Tests.Segments;

public sealed class SegmentScannerTests
{
    private static readonly HandWrittenBlock First = new() { Events = [(10, 5, true), (12, 5, false)] };

    [Fact]
    public void Blocks_are_walked_from_any_position()
    {
        byte[] first = First.ToBytes();
        byte[] second = At(12, 5);
        Assert.Equal([(1000, 10L), (1000 + first.Length, 12L)], Walk([.. first, .. second], 1000));
    }

    [Fact]
    public void A_gap_between_blocks_is_walked_over() => Assert.Equal(2, Walk([.. First.ToBytes(), .. At(900, 6)], 0).Count);

    [Fact]
    public void A_block_that_begins_inside_the_one_before_is_reported() => Reported(At(11, 5));

    [Fact]
    public void A_block_appended_before_the_one_before_is_reported() => Reported(At(12, 4));

    [Fact]
    public void A_block_whose_offsets_run_over_is_reported()
    {
        byte[] last = (First with { Events = [(long.MaxValue, 5, true), (long.MaxValue, 5, false)] }).ToBytes();
        Assert.Throws<SegmentFormatException>(() => Walk(last, 0));
    }

    [Fact]
    public void Nothing_is_left_at_the_end_of_whole_blocks() => Assert.Equal(0, Left(First.ToBytes()));

    [Fact]
    public void A_part_of_a_block_is_left_at_the_end() => Assert.Equal(7, Left([.. First.ToBytes(), .. At(12, 5)[..7]]));

    [Fact]
    public void A_part_of_a_block_at_the_end_of_a_segment_is_reported()
    {
        byte[] bytes = [.. First.ToBytes(), .. At(12, 5)[..7]];
        SegmentFormatException reported = Assert.Throws<SegmentFormatException>(() =>
        {
            using var block = new DecodedBlock();
            var scanner = new SegmentScanner(bytes, 1000, BlockCodec.Null, Samples.Sync, block);
            while (scanner.MoveNext())
            {
                continue;
            }

            scanner.ExpectEnd();
        });
        Assert.Equal(1000 + bytes.Length - 7, reported.Position);
    }

    private static byte[] At(long offset, long appended) => (First with { Events = [(offset, appended, true)] }).ToBytes();

    private static List<(long Position, long FirstOffset)> Walk(byte[] bytes, long position)
    {
        using var block = new DecodedBlock();
        var scanner = new SegmentScanner(bytes, position, BlockCodec.Null, Samples.Sync, block);
        var walked = new List<(long, long)>();
        while (scanner.MoveNext())
        {
            walked.Add((scanner.Current.Position, scanner.Current.FirstOffset.Value));
        }

        return walked;
    }

    private static int Left(byte[] bytes)
    {
        using var block = new DecodedBlock();
        var scanner = new SegmentScanner(bytes, 0, BlockCodec.Null, Samples.Sync, block);
        while (scanner.MoveNext())
        {
            continue;
        }

        return scanner.Remaining;
    }

    private static void Reported(byte[] second)
    {
        byte[] first = First.ToBytes();
        SegmentFormatException reported = Assert.Throws<SegmentFormatException>(() => Walk([.. first, .. second], 0));
        Assert.Equal(first.Length, reported.Position);
    }
}
