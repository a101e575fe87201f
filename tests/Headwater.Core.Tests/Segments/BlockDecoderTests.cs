using Headwater.Core.Schemas;
using Headwater.Core.Segments;

namespace Headwater.Core.Tests.Segments;

public sealed class BlockDecoderTests
{
    private const long Position = 5000;

    private static readonly HandWrittenBlock Sound = new() { Events = [(10, 5, true), (11, 5, false), (12, 5, false)] };

    [Fact]
    public void A_block_written_by_hand_is_read() => Assert.Equal([10, 11, 12], Offsets(Sound.ToBytes()));

    [Fact]
    public void Gaps_that_compaction_leaves_are_read() =>
        Assert.Equal([10, 15, 900], Offsets((Sound with { Events = [(10, 5, true), (15, 6, false), (900, 6, false)] }).ToBytes()));

    [Fact]
    public void An_offset_that_stands_still_is_reported() => Reported(Sound with { Events = [(10, 5, true), (10, 5, false)] });

    [Fact]
    public void An_offset_that_goes_back_is_reported() => Reported(Sound with { Events = [(10, 5, true), (9, 5, false)] });

    [Fact]
    public void An_append_time_that_goes_back_is_reported() => Reported(Sound with { Events = [(10, 5, true), (11, 4, false)] });

    [Fact]
    public void A_negative_offset_is_reported() => Reported(Sound with { Events = [(-1, 5, true)] });

    [Fact]
    public void An_append_time_outside_the_years_is_reported() => Reported(Sound with { Events = [(1, long.MaxValue, true)] });

    [Fact]
    public void A_negative_epoch_is_reported() => Reported(Sound with { Epoch = -1 });

    [Fact]
    public void A_block_without_a_batch_record_is_reported() => Reported(Sound with { Events = [(10, 5, false)] });

    [Fact]
    public void A_second_batch_record_is_reported() => Reported(Sound with { Events = [(10, 5, true), (11, 5, true)] });

    [Fact]
    public void A_batch_record_that_counts_less_is_reported() => Reported(Sound with { BatchCount = 2 });

    [Fact]
    public void A_block_that_counts_less_is_reported() => Reported(Sound with { FrameCount = 2 });

    [Fact]
    public void A_block_that_counts_more_than_it_holds_is_reported() => Reported(Sound with { FrameCount = 4, BatchCount = 4 });

    [Fact]
    public void A_block_that_holds_more_than_it_counts_is_reported() => Reported(Sound with { FrameCount = 2, BatchCount = 2 });

    [Fact]
    public void Bytes_behind_the_last_event_are_reported() => Reported(Sound with { Tail = [0] });

    [Theory]
    [InlineData("00")] // no events
    [InlineData("01")] // -1 events
    [InlineData("FEFFFFFFFFFFFFFFFF01")] // long.MaxValue events
    [InlineData("0200")] // no bytes
    [InlineData("0201")] // -1 bytes
    [InlineData("02FEFFFFFFFFFFFFFFFF01")] // long.MaxValue bytes
    [InlineData("02FEFFFFFF0F")] // int.MaxValue bytes
    [InlineData("0280808022")] // more than 32 MiB plus codec overhead
    [InlineData("8200")] // a number in more bytes than necessary
    [InlineData("FFFFFFFFFFFFFFFFFFFF01")] // a number of more than 64 bits
    public void A_block_that_begins_with_nonsense_is_reported(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        using var block = new DecodedBlock();
        SegmentFormatException reported = Assert.Throws<SegmentFormatException>(
            () => BlockDecoder.TryRead(bytes, Position, BlockCodec.Null, Samples.Sync, block));
        Assert.Equal(Position, reported.Position);
    }

    [Fact]
    public void Another_segments_sync_marker_is_reported()
    {
        byte[] bytes = Sound.ToBytes();
        using var block = new DecodedBlock();
        SegmentFormatException reported = Assert.Throws<SegmentFormatException>(
            () => BlockDecoder.TryRead(bytes, Position, BlockCodec.Null, default, block));
        Assert.Equal(Position + bytes.Length - 16, reported.Position);
    }

    [Fact]
    public void A_corrupt_block_leaves_nothing_to_read()
    {
        using var block = new DecodedBlock();
        Assert.True(BlockDecoder.TryRead(Sound.ToBytes(), Position, BlockCodec.Null, Samples.Sync, block));
        byte[] corrupt = (Sound with { BatchCount = 7 }).ToBytes();
        Assert.Throws<SegmentFormatException>(() => BlockDecoder.TryRead(corrupt, Position, BlockCodec.Null, Samples.Sync, block));
        Assert.Equal((0, 0, 0), (block.Count, block.Length, block.Data.Length));
    }

    [Fact]
    public void A_value_that_does_not_fit_the_schema_is_reported()
    {
        ValueSchema other = ValueSchema.Parse("\"boolean\"");
        using var block = new DecodedBlock();
        BlockDecoder.TryRead(Sound.ToBytes(), Position, BlockCodec.Null, Samples.Sync, block);
        Assert.Equal(Position, Assert.Throws<SegmentFormatException>(() => PlainEvent.AllOf(block, other)).Position);
    }

    [Fact]
    public void A_deflate_bomb_is_refused() =>
        RefusedAsTooLarge(HandWrittenBlock.Deflated(new byte[BlockEncoder.MaxUncompressedBytes + 1]), BlockCodec.Deflate);

    [Fact]
    public void A_zstandard_bomb_is_refused()
    {
        using var compressor = new ZstdSharp.Compressor();
        RefusedAsTooLarge(compressor.Wrap(new byte[BlockEncoder.MaxUncompressedBytes + 1]).ToArray(), BlockCodec.Zstandard);
    }

    [Fact]
    public void An_uncompressed_block_past_the_bound_is_refused() =>
        RefusedAsTooLarge(new byte[BlockEncoder.MaxUncompressedBytes + 1], BlockCodec.Null);

    /// <summary>A frame header that claims 2^63 bytes of content: magic, descriptor with an eight-byte size, the size.</summary>
    [Fact]
    public void A_zstandard_frame_that_claims_the_sky_is_refused() =>
        Refused(HandWrittenBlock.Frame(1, Convert.FromHexString("28B52FFDE0" + "0000000000000080" + "010000")), BlockCodec.Zstandard);

    [Theory]
    [InlineData(BlockCodec.Deflate)]
    [InlineData(BlockCodec.Zstandard)]
    public void Data_that_is_not_of_the_codec_is_reported(BlockCodec codec) =>
        Refused(HandWrittenBlock.Frame(1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), codec);

    [Fact]
    public void A_deflate_block_of_another_writer_is_read()
    {
        byte[] bytes = HandWrittenBlock.Frame(3, HandWrittenBlock.Deflated(Sound.Data()));
        using var block = new DecodedBlock();
        BlockDecoder.TryRead(bytes, Position, BlockCodec.Deflate, Samples.Sync, block);
        Assert.Equal(3, PlainEvent.AllOf(block, ValueSchema.Bytes).Count);
    }

    /// <summary>Compresses as a stream, so that the frame does not state its content size.</summary>
    [Fact]
    public void A_zstandard_block_of_another_writer_is_read()
    {
        using var stored = new MemoryStream();
        using (var stream = new ZstdSharp.CompressionStream(stored, 1, leaveOpen: true))
        {
            foreach (byte next in Sound.Data())
            {
                stream.WriteByte(next);
            }
        }

        using var block = new DecodedBlock();
        BlockDecoder.TryRead(HandWrittenBlock.Frame(3, stored.ToArray()), Position, BlockCodec.Zstandard, Samples.Sync, block);
        Assert.Equal(3, PlainEvent.AllOf(block, ValueSchema.Bytes).Count);
    }

    [Fact]
    public void Bytes_behind_the_end_of_deflated_data_change_nothing()
    {
        byte[] bytes = HandWrittenBlock.Frame(3, [.. HandWrittenBlock.Deflated(Sound.Data()), 1, 2, 3]);
        using var block = new DecodedBlock();
        BlockDecoder.TryRead(bytes, Position, BlockCodec.Deflate, Samples.Sync, block);
        Assert.Equal(Sound.Data(), block.Data);
    }

    [Fact]
    public void Bytes_behind_a_zstandard_frame_are_reported()
    {
        using var compressor = new ZstdSharp.Compressor();
        Refused(HandWrittenBlock.Frame(3, [.. compressor.Wrap(Sound.Data()), 1, 2, 3]), BlockCodec.Zstandard);
    }

    [Theory]
    [InlineData(BlockCodec.Deflate)]
    [InlineData(BlockCodec.Zstandard)]
    public void A_checksum_is_over_what_was_compressed(BlockCodec codec)
    {
        byte[] data = Sound.Data();
        data[^1] ^= 1;
        using var compressor = new ZstdSharp.Compressor();
        byte[] stored = codec == BlockCodec.Deflate ? HandWrittenBlock.Deflated(data) : compressor.Wrap(data).ToArray();
        Refused(HandWrittenBlock.Frame(3, stored), codec);
    }

    [Fact]
    public void A_frame_is_read_without_inflating()
    {
        byte[] bytes = HandWrittenBlock.Frame(3, [1, 2, 3, 4]);
        Assert.True(BlockDecoder.TryReadFrame([.. bytes, 9, 9], Position, Samples.Sync, out BlockFrame frame));
        Assert.Equal((new BlockFrame(3, 2, 4), bytes.Length), (frame, frame.Length));
    }

    [Fact]
    public void Random_blocks_under_a_right_checksum_end_in_events_or_in_our_exception()
    {
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] tail = new byte[random.Next(30)];
            random.NextBytes(tail);
            int count = random.Next(1, 5);
            HandWrittenBlock block = Sound with { Events = [(10, 5, true)], Tail = tail, FrameCount = count, BatchCount = count };
            try
            {
                Assert.Equal(count, Offsets(block.ToBytes()).Length);
            }
            catch (SegmentFormatException e)
            {
                Assert.Equal(Position, e.Position);
            }
        }
    }

    private static long[] Offsets(byte[] bytes)
    {
        using var block = new DecodedBlock();
        Assert.True(BlockDecoder.TryRead(bytes, Position, BlockCodec.Null, Samples.Sync, block));
        return [.. PlainEvent.AllOf(block, ValueSchema.Bytes).Select(read => read.Offset)];
    }

    private static void Reported(HandWrittenBlock block)
    {
        byte[] bytes = block.ToBytes();
        Assert.Equal(Position, Assert.Throws<SegmentFormatException>(() => Offsets(bytes)).Position);
    }

    private static void RefusedAsTooLarge(byte[] stored, BlockCodec codec)
    {
        byte[] bytes = HandWrittenBlock.Frame(1, stored);
        using var block = new DecodedBlock();
        SegmentFormatException refused = Assert.Throws<SegmentFormatException>(
            () => BlockDecoder.TryRead(bytes, Position, codec, Samples.Sync, block));
        Assert.Contains("decompresses to more than", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, block.Data.Length);
    }

    private static void Refused(byte[] bytes, BlockCodec codec)
    {
        using var block = new DecodedBlock();
        Assert.Throws<SegmentFormatException>(() => BlockDecoder.TryRead(bytes, Position, codec, Samples.Sync, block));
        Assert.Equal(0, block.Data.Length);
    }
}
