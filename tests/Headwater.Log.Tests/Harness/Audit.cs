using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests;

/// <summary>Reads a partition's stored segments without the log's own readers and asserts the invariants of the format.</summary>
internal static class Audit
{
    /// <summary>
    /// Asserts: base offsets strictly increase, and each is the end of the previous segment; only the last segment is unsealed; offsets are dense; append
    /// times, schema versions and epochs never decrease; sequences have no gaps and no repeats.
    /// </summary>
    /// <returns>The base offsets of the segments.</returns>
    public static Task<IReadOnlyList<long>> PartitionAsync(World world, StreamDescription stream, int partition = 0) =>
        PartitionAsync(world.Store, stream, partition);

    /// <inheritdoc cref="PartitionAsync(World, StreamDescription, int)"/>
    public static async Task<IReadOnlyList<long>> PartitionAsync(IBlobs store, StreamDescription stream, int partition)
    {
        string folder = BlobNames.PartitionFolder(stream.Name, stream.StreamId, new PartitionId(partition));
        BlobContents contents = await BlobContents.CaptureAsync(store, folder, CancellationToken.None);
        List<SegmentFile> segments = [.. contents.Items.Select(SegmentFile.FromListing).OfType<SegmentFile>().Where(f => f.Generation == 0)];
        var state = new LogState();
        for (int i = 0; i < segments.Count; i++)
        {
            SegmentFile segment = segments[i];
            Assert.True(i == 0 || segment.Base == state.Next, $"{segment.Name} should begin at {state.Next}.");
            Assert.True(i == segments.Count - 1 || segment.Sealed, $"{segment.Name} is not the last and not sealed.");
            state.Next = segment.Base;
            await SegmentAsync(store, segment, state);
        }

        return [.. segments.Select(s => s.Base.Value)];
    }

    private static async Task SegmentAsync(IBlobs store, SegmentFile segment, LogState state)
    {
        using BlobRead? read = await store.ReadAsync(segment.Name, 0, int.MaxValue, CancellationToken.None);
        ReadOnlyMemory<byte> content = read!.Content;
        if (content.IsEmpty)
        {
            return;
        }

        Assert.True(SegmentHeader.TryRead(content.Span, out SegmentHeader? header, out int length), $"{segment.Name} ends in its header.");
        Assert.Equal(segment.Base, header.BaseOffset);
        Assert.True(header.SchemaVersion >= state.SchemaVersion);
        state.SchemaVersion = header.SchemaVersion;
        using var block = new DecodedBlock();
        for (int position = length; position < content.Length; position += block.Length)
        {
            Assert.True(BlockDecoder.TryRead(content.Span[position..], position, header.Codec, header.Sync, block), $"{segment.Name} ends in a block.");
            Block(block, header, state);
        }
    }

    private static void Block(DecodedBlock block, SegmentHeader header, LogState state)
    {
        foreach (DecodedEvent view in block.GetEvents(header.Schema))
        {
            Assert.Equal(state.Next, view.Offset);
            Assert.True(view.Appended >= state.Appended, $"Offset {view.Offset} goes back in time.");
            state.Next = view.Offset.Next;
            state.Appended = view.Appended;
        }

        if (block.Batch.Producer is { } producer)
        {
            (ProducerEpoch epoch, SequenceNumber next) = state.Producers.GetValueOrDefault(producer);
            Assert.True(block.Batch.Epoch >= epoch, $"{producer} goes back to epoch {block.Batch.Epoch}.");
            Assert.Equal(block.Batch.Epoch == epoch ? next : SequenceNumber.Zero, block.Batch.Sequence);
            state.Producers[producer] = (block.Batch.Epoch, block.Batch.Sequence.Next);
        }

        Assert.True(state.BatchIds.Add(block.Batch.Id), $"Batch {block.Batch.Id} is there twice.");
    }

    private sealed class LogState
    {
        public Offset Next { get; set; }

        public UnixMicros Appended { get; set; } = UnixMicros.MinValue;

        public int SchemaVersion { get; set; }

        public Dictionary<string, (ProducerEpoch Epoch, SequenceNumber Next)> Producers { get; } = [];

        public HashSet<BatchId> BatchIds { get; } = [];
    }
}
