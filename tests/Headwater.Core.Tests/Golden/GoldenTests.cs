using Headwater.Core.Segments;
using Headwater.Core.Tests.Segments;

namespace Headwater.Core.Tests.Golden;

public sealed class GoldenTests
{
    [Theory]
    [InlineData(GoldenFiles.Null)]
    [InlineData(GoldenFiles.Bare)]
    [InlineData(GoldenFiles.Index)]
    [InlineData(GoldenFiles.Checkpoint)]
    [InlineData(GoldenFiles.Keys)]
    public void Todays_code_writes_these_bytes(string name) =>
        Assert.Equal(Convert.ToHexString(GoldenFiles.Read(name)), Convert.ToHexString(GoldenFiles.Build(name)));

    /// <summary>Another compressor may produce other bytes, but the content and the header must be the same.</summary>
    [Theory]
    [InlineData(GoldenFiles.Deflate, BlockCodec.Deflate)]
    [InlineData(GoldenFiles.Zstandard, BlockCodec.Zstandard)]
    public void A_compressed_segment_of_version_1_holds_the_same_events(string name, BlockCodec codec)
    {
        byte[] golden = GoldenFiles.Read(name);
        SegmentHeader.TryRead(golden, out _, out int headerLength);
        Assert.Equal(Convert.ToHexString(golden.AsSpan(0, headerLength)), Convert.ToHexString(Samples.Segment(codec).AsSpan(0, headerLength)));

        SegmentFile compressed = SegmentFile.Read(golden);
        SegmentFile plain = SegmentFile.Read(GoldenFiles.Read(GoldenFiles.Null));
        Assert.Equal(codec, compressed.Header.Codec);
        Assert.Equal(plain.Batches, compressed.Batches);
        Assert.Equal(plain.Events, compressed.Events);
    }

    [Fact]
    public void A_segment_of_version_1_says_what_it_was_made_of()
    {
        SegmentFile segment = SegmentFile.Read(GoldenFiles.Read(GoldenFiles.Null));
        Assert.Equal([Samples.KeyedBatch, Samples.SequencedBatch, Samples.PlainBatch], segment.Batches);
        Assert.Equal([100, 101, 102, 103, 104, 105], segment.Events.Select(read => read.Offset));
        SegmentHeaderTests.AssertSameProducers(Samples.Producers, segment.Header.Producers);
    }

    [Fact]
    public void A_bare_segment_of_version_1_gives_its_bytes_back() => Assert.Equal(
        [
            new PlainEvent(0, Samples.Appended, null, "k", "", "020600FF7F"),
            new PlainEvent(1, Samples.Appended, null, null, "", "0200"),
            new PlainEvent(2, Samples.Appended, null, "k", "", "00"),
        ],
        SegmentFile.Read(GoldenFiles.Read(GoldenFiles.Bare)).Events);

    [Fact]
    public void An_index_of_version_1_is_read()
    {
        SegmentIndex index = SegmentIndex.Read(GoldenFiles.Read(GoldenFiles.Index));
        Assert.Equal(Samples.Index.Entries, index.Entries);
        Assert.Equal((Samples.Index.End, Samples.Index.LastAppended), (index.End, index.LastAppended));
    }

    [Fact]
    public void A_checkpoint_of_version_2_is_read() =>
        PartitionCheckpointTests.AssertSame(Samples.Checkpoint, PartitionCheckpoint.Read(GoldenFiles.Read(GoldenFiles.Checkpoint)));

    /// <summary>Version 1 did not record where the batches of its keys are. A checkpoint is a cache: without it, the log is read.</summary>
    [Fact]
    public void A_checkpoint_of_version_1_with_keys_counts_as_missing() =>
        Assert.Throws<SegmentFormatException>(() => PartitionCheckpoint.Read(GoldenFiles.Read(GoldenFiles.CheckpointOfVersion1)));

    [Fact]
    public void A_checkpoint_of_version_1_without_keys_is_read_and_may_have_forgotten_producers_until_its_last_event()
    {
        PartitionCheckpoint read = PartitionCheckpoint.Read(GoldenFiles.WithoutKeys(GoldenFiles.Read(GoldenFiles.CheckpointOfVersion1)));
        Assert.Equal((Samples.Checkpoint.Next, Samples.Checkpoint.Position, 0), (read.Next, read.Position, read.Keys.Count));
        Assert.Equal(read.LastAppended, read.ProducersForgotten);
        SegmentHeaderTests.AssertSameProducers(Samples.Producers, read.Producers);
    }

    [Fact]
    public void A_key_file_is_read()
    {
        KeyFile read = KeyFile.Read(GoldenFiles.Read(GoldenFiles.Keys));
        Assert.Equal(Samples.KeyFile with { Keys = KeyIndex.Empty }, read with { Keys = KeyIndex.Empty });
        Assert.Equal(Samples.KeyFile.Keys.Entries(), read.Keys.Entries());
    }

    /// <summary>
    /// The index encoded by hand: magic and version; 3 entries of offset, append time and position, each as the difference from the previous entry; end
    /// offset and last append time; checksum.
    /// </summary>
    [Fact]
    public void An_index_of_version_1_is_these_bytes()
    {
        const string Time = "EABCBAE5DED7A306";
        string bytes = "48574958" + "01" + "06"
            + "C801" + Time + "C243"
            + "06" + "00" + "D406"
            + "04" + "02" + "EAB5FFFF3F"
            + "D401" + "ECBCBAE5DED7A306";
        Assert.Equal(bytes, Convert.ToHexString(GoldenFiles.Read(GoldenFiles.Index))[..^8]);
    }
}
