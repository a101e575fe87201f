using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Xunit;
using static Headwater.Log.Tests.Append.SequencedProducerTests;

namespace Headwater.Log.Tests.Append;

/// <summary>A partition's producer state survives the process that recorded it.</summary>
public sealed class ProducerRestorationTests
{
    [Theory]
    [InlineData("scan")]
    [InlineData("checkpoint")]
    public void A_cold_instance_knows_the_sequence_that_is_due(string from) => World.Play(async world =>
    {
        (Instance cold, StreamDescription stream, ProducerEpoch epoch) = await StopAfterAsync(world, 3, from);

        HeadwaterException refusal = await cold.AppendAsync(stream, At(epoch, 5), "s5").IsRefusedAsync(ErrorCode.SequenceGap);

        Assert.Equal(3, refusal.Number("expectedSequence"));
    });

    [Theory]
    [InlineData("scan")]
    [InlineData("checkpoint")]
    public void A_cold_instance_repeats_the_last_16_in_full(string from) => World.Play(async world =>
    {
        (Instance cold, StreamDescription stream, ProducerEpoch epoch) = await StopAfterAsync(world, 20, from);

        Assert.Equal(4, (await cold.AppendAsync(stream, At(epoch, 4), "again")).Partitions.Single().Base!.Value.Value);
        Assert.Null((await cold.AppendAsync(stream, At(epoch, 3), "again")).Partitions.Single().Base);
    });

    [Fact]
    public void A_cold_instance_knows_producers_from_the_header_of_a_segment_they_have_not_written() => World.Play(async world =>
    {
        (Instance first, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world, Options.RollsOften);
        await SendAsync(first, stream, epoch, 0, 1);
        for (int i = 0; i < 6; i++)
        {
            await first.AppendAsync(stream, $"{i}");
        }

        await Checkpoints.DeleteAsync(world, stream);
        Instance cold = world.Start();

        Assert.Equal(0, (await cold.AppendAsync(stream, At(epoch, 0), "again")).Partitions.Single().Base!.Value.Value);
        Assert.Equal(1, (await cold.AppendAsync(stream, At(epoch, 2), "gap").IsRefusedAsync(ErrorCode.SequenceGap)).Number("expectedSequence"));
    });

    [Fact]
    public void A_cold_instance_knows_which_epoch_is_fenced() => World.Play(async world =>
    {
        (Instance first, StreamDescription stream, ProducerEpoch old) = await StartAsync(world, Options.RollsOften);
        ProducerEpoch epoch = (await first.Log.StartProducerAsync(stream, "p", default)).Epoch;
        await SendAsync(first, stream, epoch, 0, 8);
        await Checkpoints.DeleteAsync(world, stream);

        await world.Start().AppendAsync(stream, At(old, 0), "late").IsRefusedAsync(ErrorCode.StaleEpoch);
    });

    [Fact]
    public void A_producer_idle_for_a_week_is_forgotten_at_the_next_segment() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(
            world, Options.RollsOften with { SegmentAge = TimeSpan.FromDays(30) });
        await SendAsync(instance, stream, epoch, 0, 1);
        world.Time.Advance(MemoryOptions.Default.ProducerAge + TimeSpan.FromMinutes(1));
        for (int i = 0; i < 3; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        await instance.AppendAsync(stream, At(epoch, 1), "s1").IsRefusedAsync(ErrorCode.EpochForgotten);

        ProducerEpoch next = (await instance.Log.StartProducerAsync(stream, "p", default)).Epoch;
        Assert.False((await instance.AppendAsync(stream, At(next, 0), "on")).IsReplay);
    });

    [Fact]
    public void A_producer_idle_for_less_than_a_week_is_remembered() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(
            world, Options.RollsOften with { SegmentAge = TimeSpan.FromDays(30) });
        await SendAsync(instance, stream, epoch, 0, 1);
        world.Time.Advance(MemoryOptions.Default.ProducerAge - TimeSpan.FromMinutes(1));
        for (int i = 0; i < 3; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        Assert.False((await instance.AppendAsync(stream, At(epoch, 1), "s1")).IsReplay);
    });

    [Fact]
    public void Beyond_1000_producers_those_idle_for_longest_are_forgotten()
    {
        var memory = new ProducerMemory(MemoryOptions.Default);
        for (int i = 0; i < 1_001; i++)
        {
            memory.Note(new BatchRecord(default, null, null, $"p{i}", new ProducerEpoch(1), SequenceNumber.Zero, 1), new Offset(i), new UnixMicros(i + 1));
        }

        IReadOnlyList<ProducerState> kept = memory.Snapshot(new UnixMicros(2000).Plus(MemoryOptions.Default.ProducerYouth));

        Assert.Equal(1_000, kept.Count);
        Assert.DoesNotContain("p0", kept.Select(p => p.Id));
        Assert.Equal(new UnixMicros(1), memory.Forgotten);
    }

    /// <summary>Sends a producer's requests through one instance, then starts another instance that must restore their state from storage.</summary>
    private static async Task<(Instance Cold, StreamDescription Stream, ProducerEpoch Epoch)> StopAfterAsync(World world, int requests, string from)
    {
        (Instance first, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        await SendAsync(first, stream, epoch, 0, requests);
        if (from == "checkpoint")
        {
            await first.Log.DrainAsync(default);
        }

        Assert.Equal(from == "checkpoint", await Checkpoints.ReadAsync(world, stream) is not null);
        return (world.Start(), stream, epoch);
    }
}
