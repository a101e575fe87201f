using Headwater.Core.Segments;

namespace Headwater.Core.Tests.Segments;

/// <summary>If a segment's bytes are damaged, the damage is reported or the reader still delivers exactly the written events.</summary>
public sealed class CorruptionTests
{
    private static readonly byte[] Masks = [0xff, 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80];

    public static TheoryData<BlockCodec> Codecs => [BlockCodec.Null, BlockCodec.Deflate, BlockCodec.Zstandard];

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_flipped_byte_of_the_header_is_reported(BlockCodec codec)
    {
        byte[] segment = Samples.Segment(codec);
        SegmentHeader.TryRead(segment, out _, out int headerLength);
        for (int i = 0; i < headerLength; i++)
        {
            foreach (byte mask in Masks)
            {
                segment[i] ^= mask;
                Assert.True(IsReported(() => SegmentFile.Read(segment)), $"Byte {i} flipped by {mask:x2} was not reported.");
                segment[i] ^= mask;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_flipped_byte_of_a_block_is_reported_or_changes_nothing(BlockCodec codec)
    {
        byte[] segment = Samples.Segment(codec);
        SegmentHeader.TryRead(segment, out SegmentHeader? header, out int headerLength);
        (List<BatchRecord> batches, List<PlainEvent> events) = SegmentFile.ReadBlocks(segment.AsSpan(headerLength), headerLength, header!);
        int reported = 0;
        for (int i = headerLength; i < segment.Length; i++)
        {
            foreach (byte mask in Masks)
            {
                segment[i] ^= mask;
                reported += IsReported(() =>
                {
                    var read = SegmentFile.ReadBlocks(segment.AsSpan(headerLength), headerLength, header!);
                    Assert.Equal(batches, read.Batches);
                    Assert.Equal(events, read.Events);
                }) ? 1 : 0;
                segment[i] ^= mask;
            }
        }

        // Not all, because codecs ignore a few bits.
        Assert.InRange(reported, (segment.Length - headerLength) * Masks.Length * 95 / 100, int.MaxValue);
    }

    [Fact]
    public void A_flipped_byte_of_an_uncompressed_block_is_always_reported()
    {
        byte[] segment = Samples.Segment(BlockCodec.Null);
        SegmentHeader.TryRead(segment, out SegmentHeader? header, out int headerLength);
        for (int i = headerLength; i < segment.Length; i++)
        {
            segment[i] ^= 0x10;
            Assert.Throws<SegmentFormatException>(() => SegmentFile.ReadBlocks(segment.AsSpan(headerLength), headerLength, header!));
            segment[i] ^= 0x10;
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_header_cut_anywhere_needs_more(BlockCodec codec)
    {
        byte[] segment = Samples.Segment(codec);
        SegmentHeader.TryRead(segment, out _, out int headerLength);
        for (int length = 0; length < headerLength; length++)
        {
            Assert.False(SegmentHeader.TryRead(segment.AsSpan(0, length), out _, out _));
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Blocks_cut_anywhere_give_the_whole_ones_and_need_more(BlockCodec codec)
    {
        byte[] segment = Samples.Segment(codec);
        SegmentHeader.TryRead(segment, out SegmentHeader? header, out int headerLength);
        int[] ends = BlockEnds(segment, headerLength, header!);
        using var block = new DecodedBlock();
        for (int length = headerLength; length <= segment.Length; length++)
        {
            var scanner = new SegmentScanner(segment.AsSpan(headerLength, length - headerLength), headerLength, codec, header!.Sync, block);
            int blocks = 0;
            while (scanner.MoveNext())
            {
                blocks++;
            }

            Assert.Equal((ends.Count(end => end <= length), length - (int)scanner.Position), (blocks, scanner.Remaining));
        }
    }

    [Fact]
    public void Random_bytes_are_no_segment()
    {
        var random = new Random(3);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            if (i % 2 == 0)
            {
                "Obj\u0001"u8[..Math.Min(4, bytes.Length)].CopyTo(bytes);
            }

            Assert.True(IsReported(() => SegmentFile.Read(bytes)));
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Random_bytes_are_no_blocks(BlockCodec codec)
    {
        var random = new Random(4);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] data = new byte[random.Next(1, 60)];
            random.NextBytes(data);
            byte[] framed = i % 2 == 0 ? HandWrittenBlock.Frame(1, data) : data;
            Assert.True(IsReported(() =>
            {
                using var block = new DecodedBlock();
                var scanner = new SegmentScanner(framed, 0, codec, Samples.Sync, block);
                while (scanner.MoveNext())
                {
                    Assert.Fail("A block was made of random bytes.");
                }

                scanner.ExpectEnd();
            }));
        }
    }

    private static int[] BlockEnds(byte[] segment, int headerLength, SegmentHeader header)
    {
        using var block = new DecodedBlock();
        var scanner = new SegmentScanner(segment.AsSpan(headerLength), headerLength, header.Codec, header.Sync, block);
        var ends = new List<int>();
        while (scanner.MoveNext())
        {
            ends.Add((int)scanner.Position);
        }

        return [.. ends];
    }

    /// <summary>Whether reading throws SegmentFormatException. Any other exception fails the test.</summary>
    private static bool IsReported(Action read)
    {
        try
        {
            read();
            return false;
        }
        catch (SegmentFormatException)
        {
            return true;
        }
    }
}
