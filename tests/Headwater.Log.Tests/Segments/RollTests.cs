using Headwater.Contracts.Errors;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Segments;

public sealed class RollTests
{
    [Fact]
    public void A_full_segment_is_ended_and_the_next_begun_in_the_order_that_survives_crashes() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await FillAsync(world);

        await instance.AppendAsync(stream, "c");

        Assert.Equal(
            [
                "Seal 00000000000000000000.avro",
                "Read 00000000000000000000.avro",
                "Read 00000000000000000002.avro",
                "CreateAppendBlob 00000000000000000002.avro",
                "Write 00000000000000000000.index",
                "List 00000/",
                "Read stream.json",
                "AppendBlock 00000000000000000002.avro",
                "AppendBlock 00000000000000000002.avro",
                "Write checkpoint",
                $"ApplyRows {stream.StreamId}",
                "ApplyRows due",
            ],
            instance.Storage.Calls.Select(c => c.ToString()));
    });

    [Fact]
    public void The_next_segment_begins_where_the_last_one_ended() => World.Play(async world =>
    {
        Instance instance = world.Start(Options.RollsOften);
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 0; i < 7; i++)
        {
            await instance.AppendAsync(stream, $"{i}a", $"{i}b");
        }

        Assert.Equal([0, 4, 8, 12], await Audit.PartitionAsync(world, stream));
    });

    [Fact]
    public void Everything_is_read_across_segments() => World.Play(async world =>
    {
        Instance instance = world.Start(Options.RollsOften);
        StreamDescription stream = await instance.CreateAsync();
        string[] values = [.. Enumerable.Range(0, 20).Select(i => $"{i}")];
        foreach (string value in values)
        {
            await instance.AppendAsync(stream, value);
        }

        Assert.Equal(values, await instance.ValuesAsync(stream));
        Assert.Equal(values, await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void A_segment_is_full_at_its_bytes() => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { SegmentBytes = 3000 });
        StreamDescription stream = await instance.CreateAsync();
        string thousand = new('x', 1000);
        for (int i = 0; i < 6; i++)
        {
            await instance.AppendAsync(stream, thousand);
        }

        IReadOnlyList<long> bases = await Audit.PartitionAsync(world, stream);
        Assert.InRange(bases.Count, 2, 6);
        foreach (BlobItem item in (await world.CaptureContentsAsync()).Items.Where(i => i.Sealed))
        {
            Assert.InRange(item.Length, 3000, 4500);
        }
    });

    [Fact]
    public void A_segment_is_full_at_its_age() => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { SegmentAge = TimeSpan.FromHours(1) });
        StreamDescription stream = await instance.CreateAsync();
        await instance.AppendAsync(stream, "a");
        world.Time.Advance(TimeSpan.FromMinutes(59));
        await instance.AppendAsync(stream, "b");
        world.Time.Advance(TimeSpan.FromMinutes(2));
        await instance.AppendAsync(stream, "c");

        Assert.Equal([0, 2], await Audit.PartitionAsync(world, stream));
    });

    [Fact]
    public void An_empty_segment_is_never_ended_however_old() => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { SegmentAge = TimeSpan.FromHours(1) });
        StreamDescription stream = await instance.CreateAsync();
        world.Time.Advance(TimeSpan.FromDays(400));

        await instance.AppendAsync(stream, "a");

        Assert.Equal([0], await Audit.PartitionAsync(world, stream));
    });

    [Fact]
    public void A_segment_the_service_takes_no_more_appends_to_is_ended() => World.Play(
        async world =>
        {
            Instance instance = world.Start();
            StreamDescription stream = await instance.CreateAsync();
            for (int i = 0; i < 12; i++)
            {
                await instance.AppendAsync(stream, $"{i}");
            }

            Assert.Equal(12, (await world.Start().ValuesAsync(stream)).Count);
            await Audit.PartitionAsync(world, stream);
        },
        maxBlocks: 5);

    [Fact]
    public void The_index_of_an_ended_segment_finds_its_blocks() => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { SegmentAppends = 5 });
        StreamDescription stream = await instance.CreateAsync();
        string large = new('x', 300_000); // Larger than the interval between index entries.
        for (int i = 0; i < 5; i++)
        {
            await instance.AppendAsync(stream, large, "small");
        }

        string folder = $"orders/{stream.StreamId}/00000/";
        using BlobRead? blob = await world.Store.ReadAsync(folder + "00000000000000000000.index", 0, 1 << 20, default);
        var index = SegmentIndex.Read(blob!.Content.Span);
        Assert.Equal(8, index.End.Value);
        Assert.Equal([0L, 2, 4, 6], index.Entries.Select(e => e.Offset.Value));
        foreach (IndexEntry entry in index.Entries)
        {
            await AssertBlockAsync(world, folder + "00000000000000000000.avro", entry);
        }
    });

    [Fact]
    public void A_segment_ended_by_someone_else_is_followed_by_the_next_append() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        await instance.AppendAsync(stream, "a");
        Instance other = world.Start(Options.RollsOften);
        await other.AppendAsync(stream, "b");
        await other.AppendAsync(stream, "c");

        Assert.Equal(3, await instance.AppendAsync(stream, "d"));

        Assert.Equal([0, 2], await Audit.PartitionAsync(world, stream));
        Assert.Equal(["a", "b", "c", "d"], await instance.ValuesAsync(stream));
    });

    [Fact]
    public void An_index_that_cannot_be_written_does_not_stop_the_append() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await FillAsync(world);
        instance.Storage.When(c => c.ShortName.EndsWith(".index", StringComparison.Ordinal), CallFate.LostBefore);

        Assert.Equal(2, await instance.AppendAsync(stream, "c"));

        Assert.Equal(["a", "b", "c"], await world.Start().ValuesAsync(stream));
    });

    [Theory]
    [InlineData(StorageOperation.Seal)]
    [InlineData(StorageOperation.CreateAppendBlob)]
    [InlineData(StorageOperation.List)]
    [InlineData(StorageOperation.Read)]
    public void A_roll_that_meets_storage_trouble_is_finished_by_the_next_append(StorageOperation operation) => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await FillAsync(world);
        instance.Storage.Next(operation, CallFate.AnswerLost);
        await instance.AppendAsync(stream, "lost").IsRefusedAsync(ErrorCode.StorageUnavailable);

        Assert.Equal(2, await instance.AppendAsync(stream, "c"));

        Assert.Equal([0, 2], await Audit.PartitionAsync(world, stream));
        Assert.Equal(["a", "b", "c"], await world.Start().ValuesAsync(stream));
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_header_whose_answer_was_lost_stands_once(bool applied) => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await FillAsync(world);
        instance.Storage.Next(StorageOperation.AppendBlock, applied ? CallFate.AnswerLost : CallFate.LostBefore);

        Assert.Equal(2, await instance.AppendAsync(stream, "c"));

        Assert.Equal([0, 2], await Audit.PartitionAsync(world, stream));
    });

    [Fact]
    public void Appended_times_do_not_go_back_over_a_roll_by_an_instance_whose_clock_is_behind() => World.Play(async world =>
    {
        Instance ahead = world.Start(Options.RollsOften);
        StreamDescription stream = await ahead.CreateAsync();
        await ahead.AppendAsync(stream, "a");
        await ahead.AppendAsync(stream, "b");
        Instance behind = world.Start(Options.RollsOften, clockSkew: TimeSpan.FromDays(-1));

        await behind.AppendAsync(stream, "c");

        await Audit.PartitionAsync(world, stream);
    });

    private static async Task AssertBlockAsync(World world, string segment, IndexEntry entry)
    {
        using BlobRead? read = await world.Store.ReadAsync(segment, 0, int.MaxValue, default);
        Assert.True(SegmentHeader.TryRead(read!.Content.Span, out SegmentHeader? header, out _));
        using var block = new DecodedBlock();
        Assert.True(BlockDecoder.TryRead(read.Content.Span[(int)entry.Position..], entry.Position, header.Codec, header.Sync, block));
        Assert.Equal((entry.Offset, entry.Appended), (block.FirstOffset, block.Appended));
    }

    /// <summary>A segment with two events, which the next append ends.</summary>
    private static async Task<(Instance Instance, StreamDescription Stream)> FillAsync(World world)
    {
        Instance instance = world.Start(Options.RollsOften);
        StreamDescription stream = await instance.CreateAsync();
        await instance.AppendAsync(stream, "a");
        await instance.AppendAsync(stream, "b");
        instance.Storage.Clear();
        return (instance, stream);
    }
}
