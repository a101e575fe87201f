
namespace Headwater.Client.Tests;

/// <summary>Segment files whose bytes are not what the service wrote.</summary>
public sealed class ReplayDamageTests
{
    private readonly ScriptedLog _log = new();

    [Fact]
    public async Task Every_flipped_byte_is_an_error_with_segment_and_position_or_changes_nothing()
    {
        ScriptedLog.Segment segment = _log.Add(0, [3, 4]);
        int refused = 0;
        for (int i = 0; i < segment.Bytes.Length; i++)
        {
            segment.Bytes[i] ^= 0x10;
            try
            {
                Replayed replayed = await ReplayHost.ReplayAsync(_log.NewStream());
                Assert.Equal(Enumerable.Range(0, 7).Select(n => $"{n}"), replayed.Events.Values.Select(v => v.Split(' ')[^1]));
            }
            catch (HeadwaterException corrupt)
            {
                refused++;
                Assert.Equal("corrupt_segment", corrupt.Code);
                Assert.StartsWith("Segment /0/0.g0.avro of partition 0 is corrupt: ", corrupt.Message, StringComparison.Ordinal);
                Assert.Contains("byte ", corrupt.Message, StringComparison.Ordinal);
                Assert.DoesNotContain("sig=", corrupt.Message, StringComparison.Ordinal);
            }

            segment.Bytes[i] ^= 0x10;
        }

        Assert.Equal(segment.Bytes.Length, refused);
    }

    [Fact]
    public async Task Events_before_a_corrupt_block_are_delivered_and_the_error_names_the_block()
    {
        ScriptedLog.Segment segment = _log.Add(0, [.. Enumerable.Repeat(100, 6)], padding: 100_000);
        int block = segment.Blocks[4];
        segment.Bytes[block + 50_000] ^= 1;
        int delivered = 0;

        HeadwaterException corrupt = await Assert.ThrowsAsync<HeadwaterException>(async () =>
        {
            await foreach (ReplayBatch<long> batch in _log.NewStream().ReplayAsync(cancellation: TestContext.Current.CancellationToken))
            {
                delivered += batch.Events.Count;
            }
        });

        Assert.Equal(400, delivered);
        Assert.EndsWith($"(at byte {block})", corrupt.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sealed_segment_that_ends_inside_a_block_is_corrupt()
    {
        ScriptedLog.Segment segment = _log.Add(0, [3, 4]);
        _log.Segments[0] = segment with { Bytes = segment.Bytes[..^5] };

        HeadwaterException corrupt = await Assert.ThrowsAsync<HeadwaterException>(() => ReplayHost.ReplayAsync(_log.NewStream()));

        Assert.Contains($"are not a whole block (at byte {segment.Blocks[1]})", corrupt.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sealed_segment_without_its_last_block_is_corrupt()
    {
        ScriptedLog.Segment segment = _log.Add(0, [3, 4]);
        _log.Segments[0] = segment with { Bytes = segment.Bytes[..segment.Blocks[1]] };

        HeadwaterException corrupt = await Assert.ThrowsAsync<HeadwaterException>(() => ReplayHost.ReplayAsync(_log.NewStream()));

        Assert.Contains("it ends before offset 3", corrupt.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_segment_of_another_stream_is_refused()
    {
        ScriptedLog other = new();
        _log.Segments.Add(other.Add(0, [3], partition: 1) with { Partition = 0 });

        HeadwaterException corrupt = await Assert.ThrowsAsync<HeadwaterException>(() => ReplayHost.ReplayAsync(_log.NewStream()));

        Assert.Contains("partition 1", corrupt.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_size_that_a_block_states_costs_no_memory_before_its_bytes_have_arrived()
    {
        // A header, and a block that states 33 MB of which 20 bytes follow.
        ScriptedLog.Segment segment = _log.Add(0, [3]);
        byte[] claim = [.. segment.Bytes[..segment.Blocks[0]], 0x06, 0x80, 0x80, 0x80, 0x20, .. new byte[20]];
        _log.Segments[0] = segment with { Bytes = claim };
        await Assert.ThrowsAsync<HeadwaterException>(() => ReplayHost.ReplayAsync(_log.NewStream())); // Whatever is allocated once.
        long before = GC.GetTotalAllocatedBytes(precise: true);

        await Assert.ThrowsAsync<HeadwaterException>(() => ReplayHost.ReplayAsync(_log.NewStream()));

        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 8 << 20);
    }
}
