using System.Buffers;
using CsCheck;
using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Core.Tests.Segments;

public sealed class PartitionCheckpointTests
{
    [Fact]
    public void A_checkpoint_comes_back_as_it_went_in()
    {
        PartitionCheckpoint read = PartitionCheckpoint.Read(Write(Samples.Checkpoint));
        AssertSame(Samples.Checkpoint, read);
    }

    [Fact]
    public void An_empty_partitions_checkpoint_comes_back()
    {
        PartitionCheckpoint empty = Samples.Checkpoint with
        {
            StreamId = "",
            Partition = default,
            SegmentBase = default,
            Position = 0,
            Next = default,
            LastAppended = UnixMicros.MinValue,
            Blocks = 0,
            Codec = BlockCodec.Null,
            Producers = [],
            Keys = KeyIndex.Empty,
            KeySegments = [],
            Index = [],
        };
        AssertSame(empty, PartitionCheckpoint.Read(Write(empty)));
    }

    [Fact]
    public void The_keys_of_a_full_segment_take_8_bytes_each()
    {
        var keys = KeyIndex.Of([.. Enumerable.Range(0, 65_536).Select(i => ((uint)i, (uint)i + 1))]);
        byte[] bytes = Write(Samples.Checkpoint with { Keys = keys });
        Assert.InRange(bytes.Length, 65_536 * 8, (65_536 * 8) + 4096);
        Assert.Equal(keys.Entries(), PartitionCheckpoint.Read(bytes).Keys.Entries());
    }

    [Fact]
    public void Every_flipped_byte_is_reported()
    {
        byte[] bytes = Write(Samples.Checkpoint);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] flipped = [.. bytes];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<SegmentFormatException>(() => PartitionCheckpoint.Read(flipped));
        }
    }

    [Fact]
    public void Cut_anywhere_it_is_reported()
    {
        byte[] bytes = Write(Samples.Checkpoint);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<SegmentFormatException>(() => PartitionCheckpoint.Read(bytes.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Another_version_is_refused_by_its_number()
    {
        byte[] bytes = Write(Samples.Checkpoint);
        bytes[4] = 7;
        Assert.Contains("version 7", Assert.Throws<SegmentFormatException>(() => PartitionCheckpoint.Read(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_is_no_checkpoint() =>
        Assert.Throws<SegmentFormatException>(() => PartitionCheckpoint.Read(SegmentIndexTests.SealedByHand("HWIX", "00 00 00")));

    /// <summary>The sample with random bytes written at a random place, and a correct checksum.</summary>
    [Fact]
    public void Random_bytes_under_a_right_checksum_end_in_a_checkpoint_or_in_our_exception()
    {
        byte[] content = Write(Samples.Checkpoint)[5..^4];
        Gen.Select(Gen.Int[0, content.Length - 1], Gen.Byte.Array[1, 12]).Sample((place, run) =>
        {
            byte[] changed = [.. content];
            run.AsSpan(0, Math.Min(run.Length, content.Length - place)).CopyTo(changed.AsSpan(place));
            byte[] bytes = SegmentIndexTests.SealedByHand("HWCP", Convert.ToHexString(changed));
            try
            {
                PartitionCheckpoint.Read(bytes);
            }
            catch (SegmentFormatException e)
            {
                Assert.InRange(e.Position, 5, bytes.Length);
            }
        }, iter: 5000);
    }

    internal static void AssertSame(PartitionCheckpoint expected, PartitionCheckpoint actual)
    {
        Assert.Equal(WithoutLists(expected), WithoutLists(actual with { }));
        SegmentHeaderTests.AssertSameProducers(expected.Producers, actual.Producers);
        Assert.Equal(expected.Keys.Entries(), actual.Keys.Entries());
        Assert.Equal(expected.KeySegments, actual.KeySegments);
        Assert.Equal(expected.Index, actual.Index);
    }

    private static PartitionCheckpoint WithoutLists(PartitionCheckpoint checkpoint) => checkpoint with
    {
        Producers = Array.Empty<ProducerState>(),
        Keys = KeyIndex.Empty,
        KeySegments = Array.Empty<KeySegment>(),
        Index = Array.Empty<IndexEntry>(),
    };

    private static byte[] Write(PartitionCheckpoint checkpoint)
    {
        var output = new ArrayBufferWriter<byte>();
        checkpoint.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }
}
