using Headwater.Core.Segments;

namespace Headwater.Client.Tests;

/// <summary>The memory of a replay with blocks that are larger than a range.</summary>
public sealed class ReplayMemoryTests
{
    private const int EventBytes = 100_000;

    private const int BlockEvents = 60;

    private readonly ScriptedLog _log = new() { Partitions = ReplayLimits.Partitions };

    [Fact]
    public async Task Large_blocks_are_in_memory_only_as_many_as_partitions_are_replayed_at_a_time()
    {
        const long Block = EventBytes * BlockEvents;
        for (int partition = 0; partition < _log.Partitions; partition++)
        {
            _log.Add(0, [.. Enumerable.Repeat(BlockEvents, 6)], partition, padding: EventBytes, padsAll: true);
        }

        long delivered = 0;
        long most = 0;
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await foreach (ReplayBatch<long> batch in _log.NewStream().ReplayAsync(new ReplayOptions { Parallelism = 16 }, cancellation))
        {
            if (delivered == 0)
            {
                await UntilReadAheadAsync(cancellation);
            }

            most = Math.Max(most, _log.Served - delivered);
            delivered += batch.StoredBytes;
        }

        // The ranges, the large blocks, and the events that wait: of a group in each partition, and of one before the program.
        long bound = (16L * ReplayLimits.RangeBytes)
            + (ReplayLimits.Partitions * Block)
            + ((ReplayLimits.Partitions + 1) * (ReplayLimits.EagerBytes + EventBytes));
        Assert.True(most <= bound, $"{most} bytes were in memory at a time; the bound is {bound}.");
        Assert.InRange(delivered, _log.Segments.Sum(s => (long)s.Bytes.Length) * 0.99, _log.Segments.Sum(s => (long)s.Bytes.Length));
    }

    [Fact]
    public async Task A_batch_has_the_events_of_at_most_4_MiB()
    {
        ScriptedLog one = new();
        one.Add(0, [BlockEvents], padding: EventBytes, padsAll: true);
        List<int> events = [];
        await foreach (ReplayBatch<long> batch in one.NewStream().ReplayAsync(cancellation: TestContext.Current.CancellationToken))
        {
            events.Add(batch.Events.Count);
        }

        Assert.Equal(BlockEvents, events.Sum());
        Assert.InRange(events.Max(), 1, (ReplayLimits.EagerBytes / EventBytes) + 1);
    }

    [Fact]
    public void A_block_whose_memory_has_grown_is_not_kept()
    {
        ScriptedLog.Segment segment = _log.Add(0, [1, 1], padding: 3 << 20);
        ScriptedLog.Segment small = _log.Add(9, [1]);
        using var block = new DecodedBlock();
        Read(segment, block);

        Read(small, block);

        Assert.InRange(block.Data.Length, 1, 1_000);
        Assert.False(DecodedBlocks.Keeps(block));
    }

    /// <summary>Waits until the replay has run ahead of its program as far as it may.</summary>
    private async Task UntilReadAheadAsync(CancellationToken cancellation)
    {
        for (long before = -1; before != _log.Served;)
        {
            before = _log.Served;
            await Task.Delay(500, cancellation);
        }
    }

    private static void Read(ScriptedLog.Segment segment, DecodedBlock into)
    {
        Assert.True(SegmentHeader.TryRead(segment.Bytes, out SegmentHeader? header, out _));
        Assert.True(BlockDecoder.TryRead(segment.Bytes.AsSpan(segment.Blocks[0]), segment.Blocks[0], header.Codec, header.Sync, into));
    }
}
