using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Producers;
using Headwater.Log.Segments;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Append;

/// <summary>A partition forgets producers, but remembers until when: a repeat by a forgotten producer is refused, never stored again.</summary>
public sealed class ProducerHorizonTests
{
    private static readonly LogOptions Few = Options.RollsOften with { Memory = MemoryOptions.Default with { Producers = 2, ProducerYouth = TimeSpan.Zero } };

    [Fact]
    public void After_1001_producers_and_a_restart_the_firsts_repeat_is_not_stored_again() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        ProducerEpoch epoch = await StartAsync(instance, stream, "p0");
        await SendAsync(instance, stream, "p0", epoch, 0);
        for (int i = 1; i <= 1_000; i++)
        {
            world.Time.Advance(TimeSpan.FromMilliseconds(20));
            await SendAsync(instance, stream, $"p{i}", await StartAsync(instance, stream, $"p{i}"), 0);
        }

        world.Time.Advance(TimeSpan.FromMinutes(1));
        await instance.AppendAsync(stream, "later");
        await instance.Log.DrainAsync(default);
        BlobContents contents = await world.CaptureContentsAsync();

        HeadwaterException refusal = await Assert.ThrowsAsync<HeadwaterException>(() => SendAsync(world.Start(), stream, "p0", epoch, 0));

        Assert.Equal("epoch_forgotten", refusal.Code.WireName());
        await contents.AssertNothingChangedAsync(default);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_forgotten_epoch_is_refused_at_any_sequence_by_a_cold_instance_without_a_checkpoint(long sequence) => World.Play(async world =>
    {
        (Instance _, StreamDescription stream, ProducerEpoch epoch) = await ForgottenAsync(world);
        await Checkpoints.DeleteAsync(world, stream);
        BlobContents contents = await world.CaptureContentsAsync();

        await SendAsync(world.Start(LogOptions.Default with { Memory = Few.Memory }), stream, "p", epoch, sequence).IsRefusedAsync(ErrorCode.EpochForgotten);

        await contents.AssertNothingChangedAsync(default);
    });

    [Fact]
    public void A_new_epoch_is_accepted_once_the_margin_is_over() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch _) = await ForgottenAsync(world);
        world.Time.Advance(TimeSpan.FromSeconds(6));

        ProducerEpoch next = await StartAsync(instance, stream, "p");

        Assert.False((await SendAsync(instance, stream, "p", next, 0)).IsReplay);
    });

    [Fact]
    public void Within_the_margin_the_refusal_says_how_long_to_wait_before_a_new_epoch() => World.Play(async world =>
    {
        Instance instance = world.Start(Few with { Memory = Few.Memory with { Producers = 1 } });
        StreamDescription stream = await instance.CreateAsync();
        await SendAsync(instance, stream, "p", await StartAsync(instance, stream, "p"), 0);
        world.Time.Advance(TimeSpan.FromSeconds(1));
        await SendAsync(instance, stream, "q", await StartAsync(instance, stream, "q"), 0);
        await instance.AppendAsync(stream, "roll");
        await instance.AppendAsync(stream, "roll");
        ProducerEpoch soon = await StartAsync(instance, stream, "p");
        HeadwaterException refusal = await SendAsync(instance, stream, "p", soon, 0).IsRefusedAsync(ErrorCode.EpochForgotten);
        world.Time.Advance(refusal.RetryAfter!.Value + TimeSpan.FromMilliseconds(1));

        ProducerEpoch next = await StartAsync(instance, stream, "p");

        Assert.InRange(refusal.RetryAfter.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6));
        Assert.Equal(0, refusal.Number("partition"));
        Assert.False((await SendAsync(instance, stream, "p", next, 0)).IsReplay);
    });

    [Fact]
    public void A_remembered_producer_goes_on_though_others_were_forgotten() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch _) = await ForgottenAsync(world);

        Assert.True((await SendAsync(instance, stream, "q3", new ProducerEpoch(1), 0)).IsReplay);
        Assert.False((await SendAsync(instance, stream, "q3", new ProducerEpoch(1), 1)).IsReplay);
    });

    [Fact]
    public void A_partition_that_has_forgotten_nobody_refuses_nobody() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        ProducerEpoch epoch = await StartAsync(instance, stream, "p");
        world.Time.Advance(TimeSpan.FromDays(30));
        await instance.AppendAsync(stream, "a");

        Assert.False((await SendAsync(world.Start(), stream, "p", epoch, 0)).IsReplay);
    });

    [Fact]
    public void More_active_producers_than_are_remembered_all_go_on() => World.Play(async world =>
    {
        LogOptions options = Options.RollsOften with { Memory = MemoryOptions.Default with { Producers = 3 } };
        Instance instance = world.Start(options);
        StreamDescription stream = await instance.CreateAsync();
        var stored = new int[8];
        var sessions = new (ProducerEpoch Epoch, int Next)[8];
        for (int round = 0; round < 20; round++)
        {
            for (int p = 0; p < 8; p++)
            {
                world.Time.Advance(TimeSpan.FromMilliseconds(500));
                if (sessions[p].Next == 0)
                {
                    sessions[p].Epoch = await StartAsync(instance, stream, $"p{p}");
                }

                try
                {
                    await SendAsync(instance, stream, $"p{p}", sessions[p].Epoch, sessions[p].Next++);
                    stored[p]++;
                }
                catch (HeadwaterException forgotten) when (forgotten.Code == ErrorCode.EpochForgotten)
                {
                    sessions[p].Next = 0;
                }
            }
        }

        Assert.All(stored, s => Assert.InRange(s, 10, 20));
    });

    [Fact]
    public void An_event_never_looks_older_than_its_producers_epoch() => World.Play(async world =>
    {
        Instance slow = world.Start();
        StreamDescription stream = await slow.CreateAsync();
        await slow.AppendAsync(stream, "a");
        ProducerEpoch epoch = await StartAsync(world.Start(), stream, "p");

        await SendAsync(slow, stream, "p", epoch, 0);

        IReadOnlyList<Delivered> events = await world.Start().ReadAllAsync(stream);
        Assert.True(events[1].Appended >= events[0].Appended);
    });

    [Fact]
    public void A_segment_of_an_older_version_counts_everything_before_its_first_event_as_forgotten()
    {
        var tail = new PartitionTail(new Offset(100));
        SegmentHeader older = Header(100) with { ProducersForgotten = null };

        tail.LearnHeader(older, 500);
        tail.Absorb(new Offset(100), Block(500, 100, 7_000_000));
        tail.Absorb(new Offset(100), Block(600, 101, 8_000_000));

        Assert.Equal(new UnixMicros(7_000_000), tail.Inheritance().ProducersForgotten);
    }

    [Fact]
    public void The_first_segment_of_an_older_version_counts_nothing_as_forgotten()
    {
        var tail = new PartitionTail(Offset.Zero);

        tail.LearnHeader(Header(0) with { ProducersForgotten = null }, 500);
        tail.Absorb(Offset.Zero, Block(500, 0, 7_000_000));

        Assert.Equal(new UnixMicros(0), tail.Inheritance().ProducersForgotten);
    }

    private static SegmentHeader Header(long first) => new()
    {
        Stream = "orders",
        StreamId = "0123456789abcdef0123456789abcdef",
        Partition = new PartitionId(0),
        BaseOffset = new Offset(first),
        Schema = Core.Schemas.ValueSchema.Bytes,
        SchemaVersion = 1,
        Codec = BlockCodec.Null,
        Sync = new SyncMarker(1),
    };

    private static StoredBatch Block(long position, long offset, long appended) =>
        new(
            position,
            100,
            new Offset(offset),
            new UnixMicros(appended),
            new BatchRecord(default, null, null, null, ProducerEpoch.None, SequenceNumber.Zero, 1));

    /// <summary>Producer p appended and was forgotten after q1 to q3 had appended; two producers are remembered.</summary>
    private static async Task<(Instance Instance, StreamDescription Stream, ProducerEpoch Epoch)> ForgottenAsync(World world)
    {
        Instance instance = world.Start(Few);
        StreamDescription stream = await instance.CreateAsync();
        ProducerEpoch epoch = await StartAsync(instance, stream, "p");
        await SendAsync(instance, stream, "p", epoch, 0);
        for (int i = 1; i <= 3; i++)
        {
            world.Time.Advance(TimeSpan.FromSeconds(6));
            await SendAsync(instance, stream, $"q{i}", await StartAsync(instance, stream, $"q{i}"), 0);
            await instance.AppendAsync(stream, "roll");
            await instance.AppendAsync(stream, "roll");
        }

        await instance.Log.DrainAsync(default);
        return (instance, stream, epoch);
    }

    private static async Task<ProducerEpoch> StartAsync(Instance instance, StreamDescription stream, string producer) =>
        (await instance.Log.StartProducerAsync(stream, producer, default)).Epoch;

    private static Task<AppendOutcome> SendAsync(Instance instance, StreamDescription stream, string producer, ProducerEpoch epoch, long sequence) =>
        instance.AppendAsync(stream, new AppendOptions { Producer = new ProducerPosition(producer, epoch, new SequenceNumber(sequence)) }, $"s{sequence}");
}
