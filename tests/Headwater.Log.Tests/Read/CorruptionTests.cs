using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Read;
using Xunit;

namespace Headwater.Log.Tests.Read;

/// <summary>If a byte of a stored segment is flipped, the reader either reports it or still delivers exactly the appended events.</summary>
public sealed class CorruptionTests
{
    private static readonly string[] Values = ["alpha", "beta", "gamma", "delta"];

    [Fact]
    public void Any_flipped_byte_is_reported_or_does_not_matter_to_a_reader() => World.Play(async world =>
    {
        (StreamDescription stream, byte[] stored) = await StoreAsync(world);
        int reported = 0;
        for (int at = 0; at < stored.Length; at++)
        {
            await FlipAsync(world, stream, stored, at);
            reported += await IsReportedAsync(world, stream, at) ? 1 : 0;
        }

        Assert.InRange(reported, stored.Length - 20, stored.Length); // Not all, because a few bits of a codec's framing have no meaning.
    });

    [Fact]
    public void A_flipped_byte_in_a_block_is_reported_to_a_raw_reader_that_asks_for_verified_blocks() => World.Play(async world =>
    {
        (StreamDescription stream, byte[] stored) = await StoreAsync(world);
        Instance reader = world.Start();
        await reader.ReadAllAsync(stream);
        await FlipAsync(world, stream, stored, stored.Length - 40);
        ReadRequest request = Raw(0, 100) with { IsVerified = true };

        await reader.Log.ReadRawAsync(stream, request, default).IsRefusedAsync(ErrorCode.CorruptSegment);
    });

    /// <summary>Frames are outside the checksums of blocks, and a raw reader decodes the last block of a page at most.</summary>
    [Theory]
    [InlineData(100, 0)]
    [InlineData(100, 1)]
    [InlineData(100, 3)]
    [InlineData(3, 0)]
    [InlineData(3, 1)]
    public void A_changed_count_is_reported_to_a_raw_reader(int limit, int block) => World.Play(async world =>
    {
        (StreamDescription stream, byte[] stored) = await StoreAsync(world);
        Instance reader = world.Start();
        await reader.ReadAllAsync(stream);
        await ReplaceAsync(world, stream, WithTwoEvents(stored, block));

        await reader.Log.ReadRawAsync(stream, Raw(0, limit), default).IsRefusedAsync(ErrorCode.CorruptSegment);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_changed_count_in_a_sealed_segment_is_reported_to_a_raw_reader(int block) => World.Play(async world =>
    {
        (StreamDescription stream, byte[] stored) = await StoreAsync(world, LogOptions.Default with { SegmentAppends = 5 });
        Instance reader = world.Start();
        await reader.AppendAsync(stream, "in the next segment");
        await reader.ReadAllAsync(stream);
        await ReplaceAsync(world, stream, WithTwoEvents(stored, block));
        await world.Store.SealAsync(Name(stream), default);

        await reader.Log.ReadRawAsync(stream, Raw(0, 100), default).IsRefusedAsync(ErrorCode.CorruptSegment);
    });

    [Fact]
    public void A_changed_count_behind_the_known_end_is_reported_to_a_raw_reader() => World.Play(async world =>
    {
        Instance reader = world.Start();
        StreamDescription stream = await reader.CreateAsync();
        await reader.AppendAsync(stream, "known");
        Instance other = world.Start();
        await other.AppendAsync(stream, "second");
        await other.AppendAsync(stream, "third");
        await ReplaceAsync(world, stream, WithTwoEvents(await StoredAsync(world, stream), block: 1));

        await reader.Log.ReadRawAsync(stream, Raw(0, 100), default).IsRefusedAsync(ErrorCode.CorruptSegment);
    });

    [Fact]
    public void Blocks_before_the_damage_are_relayed_when_asked_for_alone() => World.Play(async world =>
    {
        (StreamDescription stream, byte[] stored) = await StoreAsync(world);
        Instance reader = world.Start();
        await reader.ReadAllAsync(stream);
        await ReplaceAsync(world, stream, WithTwoEvents(stored, block: 2));

        using RawPage page = await reader.Log.ReadRawAsync(stream, Raw(0, 2), default);

        Assert.Equal([0L, 1], RawPages.Offsets(page));
    });

    [Fact]
    public void A_broken_block_behind_a_full_page_is_for_the_next_page_to_report() => World.Play(async world =>
    {
        (StreamDescription stream, byte[] stored) = await StoreAsync(world);
        Instance reader = world.Start();
        await reader.ReadAllAsync(stream);
        await FlipAsync(world, stream, stored, stored.Length - 1); // The last sync marker.

        using RawPage page = await reader.Log.ReadRawAsync(stream, Raw(0, 2), default);

        Assert.Equal([0L, 1], RawPages.Offsets(page));
    });

    [Fact]
    public void A_wrong_sync_marker_is_reported_to_a_raw_reader() => World.Play(async world =>
    {
        (StreamDescription stream, byte[] stored) = await StoreAsync(world);
        Instance reader = world.Start();
        await reader.ReadAllAsync(stream);
        await FlipAsync(world, stream, stored, stored.Length - 1);

        await reader.Log.ReadRawAsync(stream, Raw(0, 100), default).IsRefusedAsync(ErrorCode.CorruptSegment);
    });

    [Fact]
    public void Events_before_the_damage_are_delivered_when_asked_for_alone() => World.Play(async world =>
    {
        (StreamDescription stream, byte[] stored) = await StoreAsync(world);
        Instance reader = world.Start();
        await reader.ReadAllAsync(stream);
        await FlipAsync(world, stream, stored, stored.Length - 40);

        Assert.Equal(["alpha"], (await reader.ReadAsync(stream, limit: 1)).Values);
        await reader.ReadAsync(stream, from: 3).IsRefusedAsync(ErrorCode.CorruptSegment);
    });

    [Fact]
    public void A_segment_cut_off_inside_a_block_is_reported() => World.Play(async world =>
    {
        (StreamDescription stream, byte[] stored) = await StoreAsync(world);
        await ReplaceAsync(world, stream, stored[..^10]);

        await world.Start().ReadAsync(stream).IsRefusedAsync(ErrorCode.CorruptSegment);
    });

    [Fact]
    public void An_append_behind_damage_is_refused_and_stores_nothing() => World.Play(async world =>
    {
        (StreamDescription stream, byte[] stored) = await StoreAsync(world);
        await FlipAsync(world, stream, stored, stored.Length - 40);
        var contents = await world.CaptureContentsAsync();

        await world.Start().AppendAsync(stream, "next").IsRefusedAsync(ErrorCode.CorruptSegment);

        await contents.AssertNothingChangedAsync(default);
    });

    private static async Task<bool> IsReportedAsync(World world, StreamDescription stream, int at)
    {
        try
        {
            IReadOnlyList<string> delivered = await world.Start().ValuesAsync(stream);
            Assert.True(delivered.SequenceEqual(Values), $"Byte {at} flipped: {string.Join(',', delivered)} was delivered.");
            return false;
        }
        catch (HeadwaterException problem)
        {
            Assert.Equal(ErrorCode.CorruptSegment, problem.Code);
            return true;
        }
    }

    private static ReadRequest Raw(long from, int limit) => new(new PartitionId(0), ReadFrom.At(new Offset(from)), limit, 1 << 20, TimeSpan.Zero);

    /// <summary>The segment, where the frame of a block with one event states two.</summary>
    private static byte[] WithTwoEvents(byte[] stored, int block)
    {
        byte[] changed = [.. stored];
        changed[Blocks(stored)[block]] = 4;
        return changed;
    }

    /// <summary>The positions of the blocks of a segment.</summary>
    private static List<int> Blocks(byte[] stored)
    {
        Assert.True(SegmentHeader.TryRead(stored, out SegmentHeader? header, out int at));
        List<int> blocks = [];
        while (BlockDecoder.TryReadFrame(stored.AsSpan(at), at, header.Sync, out BlockFrame frame))
        {
            blocks.Add(at);
            at += frame.Length;
        }

        return blocks;
    }

    private static async Task<(StreamDescription Stream, byte[] Stored)> StoreAsync(World world, LogOptions? options = null)
    {
        Instance instance = options is null ? world.Start() : world.Start(options);
        StreamDescription stream = await instance.CreateAsync();
        foreach (string value in Values)
        {
            await instance.AppendAsync(stream, value);
        }

        return (stream, await StoredAsync(world, stream));
    }

    private static async Task<byte[]> StoredAsync(World world, StreamDescription stream)
    {
        using BlobRead? read = await world.Store.ReadAsync(Name(stream), 0, int.MaxValue, default);
        return read!.Content.ToArray();
    }

    private static Task FlipAsync(World world, StreamDescription stream, byte[] stored, int at)
    {
        byte[] flipped = [.. stored];
        flipped[at] ^= (byte)(1 << (at % 8));
        return ReplaceAsync(world, stream, flipped);
    }

    private static async Task ReplaceAsync(World world, StreamDescription stream, byte[] content)
    {
        await world.Store.DeleteAsync(Name(stream), null, default);
        await world.Store.CreateAppendBlobAsync(Name(stream), default);
        await world.Store.AppendBlockAsync(Name(stream), 0, content, default);
    }

    private static string Name(StreamDescription stream) => $"orders/{stream.StreamId}/00000/00000000000000000000.avro";
}
