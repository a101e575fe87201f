using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Producers;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Append;

public sealed class SequencedProducerTests
{
    [Fact]
    public void Sequences_without_gap_are_stored_in_order() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);

        await SendAsync(instance, stream, epoch, 0, 3);

        Assert.Equal(["s0", "s1", "s2"], await world.Start().ValuesAsync(stream));
        await Audit.PartitionAsync(world, stream);
    });

    [Fact]
    public void A_repeat_gets_the_first_answer_and_stores_nothing() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        await SendAsync(instance, stream, epoch, 0, 3);
        BlobContents contents = await world.CaptureContentsAsync();

        AppendOutcome repeat = await instance.AppendAsync(stream, At(epoch, 1), "s1");

        Assert.True(repeat.IsReplay);
        Assert.Equal(1, repeat.Partitions.Single().Base!.Value.Value);
        await contents.AssertNothingChangedAsync(default);
    });

    [Fact]
    public void The_last_16_repeat_in_full_and_older_ones_without_offsets() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        await SendAsync(instance, stream, epoch, 0, 20);

        var bases = new List<long?>();
        for (int sequence = 0; sequence < 20; sequence++)
        {
            AppendOutcome repeat = await instance.AppendAsync(stream, At(epoch, sequence), "again");
            Assert.True(repeat.IsReplay);
            bases.Add(repeat.Partitions.Single().Base?.Value);
        }

        Assert.Equal([null, null, null, null, .. Enumerable.Range(4, 16).Select(i => (long?)i)], bases);
        Assert.Equal(20, (await world.Start().ValuesAsync(stream)).Count);
    });

    [Fact]
    public void A_gap_is_refused_with_the_sequence_that_is_due() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        await SendAsync(instance, stream, epoch, 0, 2);
        BlobContents contents = await world.CaptureContentsAsync();

        HeadwaterException refusal = await instance.AppendAsync(stream, At(epoch, 3), "s3").IsRefusedAsync(ErrorCode.SequenceGap);

        Assert.Equal(2, refusal.Number("expectedSequence"));
        await contents.AssertNothingChangedAsync(default);
    });

    [Fact]
    public void An_epoch_begins_with_sequence_0() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);

        HeadwaterException refusal = await instance.AppendAsync(stream, At(epoch, 1), "s1").IsRefusedAsync(ErrorCode.SequenceGap);

        Assert.Equal(0, refusal.Number("expectedSequence"));
    });

    [Fact]
    public void Sequences_sent_at_once_in_order_are_stored_together() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        Held held = await Held.StartAsync(world, instance, stream);
        Task<AppendOutcome>[] sent = [.. Enumerable.Range(0, 5).Select(i => instance.AppendAsync(stream, At(epoch, i), $"s{i}"))];

        await held.ReleaseAsync();
        await Task.WhenAll(sent);

        Assert.Equal(["first", "s0", "s1", "s2", "s3", "s4"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void The_same_sequence_sent_twice_at_once_is_stored_once() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        Held held = await Held.StartAsync(world, instance, stream);
        Task<AppendOutcome>[] sent = [instance.AppendAsync(stream, At(epoch, 0), "s0"), instance.AppendAsync(stream, At(epoch, 0), "s0")];

        await held.ReleaseAsync();

        Assert.Equal([false, true], (await Task.WhenAll(sent)).Select(o => o.IsReplay));
        Assert.Equal(["first", "s0"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void A_sequence_stored_through_one_instance_goes_on_through_another() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        Instance other = world.Start();
        await other.AppendAsync(stream, "warm");
        await SendAsync(instance, stream, epoch, 0, 3);

        AppendOutcome outcome = await other.AppendAsync(stream, At(epoch, 3), "s3");

        Assert.Equal(4, outcome.Partitions.Single().Base!.Value.Value);
    });

    [Fact]
    public void A_gap_names_the_sequence_that_is_due_by_what_is_stored_not_by_what_is_remembered() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        Instance other = world.Start();
        await other.AppendAsync(stream, "warm");
        await SendAsync(instance, stream, epoch, 0, 3);

        HeadwaterException refusal = await other.AppendAsync(stream, At(epoch, 5), "s5").IsRefusedAsync(ErrorCode.SequenceGap);

        Assert.Equal(3, refusal.Number("expectedSequence"));
    });

    [Fact]
    public void A_gap_behind_a_request_that_fails_names_the_sequence_that_failed() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        Held held = await Held.StartAsync(world, instance, stream);
        Task<AppendOutcome> failing = instance.AppendAsync(stream, At(epoch, 0), "s0");
        Task<AppendOutcome> early = instance.AppendAsync(stream, At(epoch, 2), "s2");
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.Refused(Ports.StorageFault.Denied));

        await held.ReleaseAsync();

        await failing.IsRefusedAsync(ErrorCode.StorageUnavailable);
        Exception answer = await Assert.ThrowsAsync<HeadwaterException>(() => early);
        Assert.False(answer is HeadwaterException { Code: ErrorCode.SequenceGap } gap && gap.Number("expectedSequence") == 1);
    });

    [Fact]
    public void Each_partition_counts_for_itself() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("orders", Options.Partitioned(2));
        ProducerEpoch epoch = (await instance.Log.StartProducerAsync(stream, "p", default)).Epoch;

        await instance.AppendAsync(stream, Posted.Numbers(1), At(epoch, 0), target: 0);
        AppendOutcome other = await instance.AppendAsync(stream, Posted.Numbers(1), At(epoch, 0), target: 1);

        Assert.False(other.IsReplay);
    });

    [Fact]
    public void A_sequence_goes_with_one_partition() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("orders", Options.Partitioned(4));
        ProducerEpoch epoch = (await instance.Log.StartProducerAsync(stream, "p", default)).Epoch;
        BlobContents contents = await world.CaptureContentsAsync();

        await instance.AppendAsync(stream, Enumerable.Range(0, 20).Select(i => new Posted("v", $"k{i}")), At(epoch, 0))
            .IsRefusedAsync(ErrorCode.WrongPartition);

        await contents.AssertNothingChangedAsync(default);
    });

    internal static AppendOptions At(ProducerEpoch epoch, long sequence) => new() { Producer = new ProducerPosition("p", epoch, new SequenceNumber(sequence)) };

    internal static async Task SendAsync(Instance instance, StreamDescription stream, ProducerEpoch epoch, int from, int count)
    {
        for (int i = from; i < from + count; i++)
        {
            await instance.AppendAsync(stream, At(epoch, i), $"s{i}");
        }
    }

    internal static async Task<(Instance Instance, StreamDescription Stream, ProducerEpoch Epoch)> StartAsync(World world, LogOptions? options = null)
    {
        Instance instance = world.Start(options);
        StreamDescription stream = await instance.CreateAsync();
        return (instance, stream, (await instance.Log.StartProducerAsync(stream, "p", default)).Epoch);
    }
}
