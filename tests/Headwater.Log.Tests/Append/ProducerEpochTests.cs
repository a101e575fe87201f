using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Testing;
using Xunit;
using static Headwater.Log.Tests.Append.SequencedProducerTests;

namespace Headwater.Log.Tests.Append;

public sealed class ProducerEpochTests
{
    [Fact]
    public void The_first_start_of_a_producer_is_epoch_1() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("orders", Options.Partitioned(3));

        ProducerStart start = await instance.Log.StartProducerAsync(stream, "p", default);

        Assert.Equal(("p", 1), (start.Producer, start.Epoch.Value));
        Assert.Equal([(0, 0L), (1, 0L), (2, 0L)], start.NextSequences.OrderBy(n => n.Key).Select(n => (n.Key.Value, n.Value.Value)));
    });

    [Fact]
    public void Every_start_is_one_epoch_higher() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, _) = await StartAsync(world);

        Assert.Equal(2, (await instance.Log.StartProducerAsync(stream, "p", default)).Epoch.Value);
        Assert.Equal(3, (await world.Start().Log.StartProducerAsync(stream, "p", default)).Epoch.Value);
    });

    [Fact]
    public void Two_starts_at_once_get_different_epochs() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, _) = await StartAsync(world);
        ProducerStart? quick = null;
        instance.Storage.Next(StorageOperation.Write, CallFate.After(async () => quick = await world.Start().Log.StartProducerAsync(stream, "p", default)));

        ProducerStart slow = await instance.Log.StartProducerAsync(stream, "p", default);

        Assert.Equal((2, 3), (quick!.Epoch.Value, slow.Epoch.Value));
    });

    [Fact]
    public void A_start_whose_answer_was_lost_wastes_an_epoch_and_no_more() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, _) = await StartAsync(world);
        instance.Storage.Next(StorageOperation.Write, CallFate.AnswerLost);
        await Assert.ThrowsAsync<Ports.StorageException>(() => instance.Log.StartProducerAsync(stream, "p", TestContext.Current.CancellationToken));

        Assert.Equal(3, (await instance.Log.StartProducerAsync(stream, "p", default)).Epoch.Value);
    });

    [Theory]
    [InlineData("")]
    [InlineData("-p")]
    [InlineData("a/b")]
    [InlineData("é")]
    public void A_malformed_producer_id_is_refused(string id) => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();

        await instance.Log.StartProducerAsync(stream, id, default).IsRefusedAsync(ErrorCode.InvalidName);
    });

    [Fact]
    public void A_producer_that_was_never_started_is_refused() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        BlobContents contents = await world.CaptureContentsAsync();

        await instance.AppendAsync(stream, At(new ProducerEpoch(1), 0), "s0").IsRefusedAsync(ErrorCode.ProducerNotStarted);

        await contents.AssertNothingChangedAsync(default);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void An_epoch_that_was_never_issued_is_refused(int epoch) => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, _) = await StartAsync(world);
        BlobContents contents = await world.CaptureContentsAsync();

        await instance.AppendAsync(stream, At(new ProducerEpoch(epoch), 0), "s0").IsRefusedAsync(ErrorCode.ProducerNotStarted);

        await contents.AssertNothingChangedAsync(default);
    });

    [Fact]
    public void An_epoch_issued_by_another_instance_is_known_here() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        await SendAsync(instance, stream, epoch, 0, 1);
        ProducerEpoch next = (await world.Start().Log.StartProducerAsync(stream, "p", default)).Epoch;

        await instance.AppendAsync(stream, At(next, 0), "new");

        Assert.Equal(["s0", "new"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void A_new_epoch_fences_the_old_one_from_its_first_append() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch old) = await StartAsync(world);
        await SendAsync(instance, stream, old, 0, 2);
        ProducerEpoch epoch = (await instance.Log.StartProducerAsync(stream, "p", default)).Epoch;
        await instance.AppendAsync(stream, At(epoch, 0), "new");
        BlobContents contents = await world.CaptureContentsAsync();

        HeadwaterException refusal = await instance.AppendAsync(stream, At(old, 2), "late").IsRefusedAsync(ErrorCode.StaleEpoch);

        Assert.Equal(epoch.Value, refusal.Number("currentEpoch"));
        await contents.AssertNothingChangedAsync(default);
    });

    [Fact]
    public void An_old_epoch_goes_on_where_the_new_one_has_not_appended_yet() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch old) = await StartAsync(world);
        await SendAsync(instance, stream, old, 0, 1);
        await instance.Log.StartProducerAsync(stream, "p", default);

        await SendAsync(instance, stream, old, 1, 1);

        Assert.Equal(["s0", "s1"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void A_new_epoch_begins_with_sequence_0_again() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch old) = await StartAsync(world);
        await SendAsync(instance, stream, old, 0, 2);
        ProducerEpoch epoch = (await instance.Log.StartProducerAsync(stream, "p", default)).Epoch;

        HeadwaterException refusal = await instance.AppendAsync(stream, At(epoch, 2), "s2").IsRefusedAsync(ErrorCode.SequenceGap);

        Assert.Equal(0, refusal.Number("expectedSequence"));
    });

    [Fact]
    public void An_old_epoch_is_fenced_by_a_new_one_stored_through_another_instance() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch old) = await StartAsync(world);
        await SendAsync(instance, stream, old, 0, 2);
        Instance other = world.Start();
        ProducerEpoch epoch = (await other.Log.StartProducerAsync(stream, "p", default)).Epoch;
        await other.AppendAsync(stream, At(epoch, 0), "new");

        await instance.AppendAsync(stream, At(old, 2), "late").IsRefusedAsync(ErrorCode.StaleEpoch);

        Assert.Equal(["s0", "s1", "new"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void An_epoch_whose_first_append_failed_fences_nobody() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch old) = await StartAsync(world);
        ProducerEpoch epoch = (await instance.Log.StartProducerAsync(stream, "p", default)).Epoch;
        Held held = await Held.StartAsync(world, instance, stream);
        Task<AppendOutcome> failing = instance.AppendAsync(stream, At(epoch, 0), "new");
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.Refused(Ports.StorageFault.Denied));
        await held.ReleaseAsync();
        await failing.IsRefusedAsync(ErrorCode.StorageUnavailable);

        await instance.AppendAsync(stream, At(old, 0), "old");

        Assert.Equal(["first", "old"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void The_stored_epoch_has_the_members_it_always_had() => World.Play(async world =>
    {
        (_, StreamDescription stream, _) = await StartAsync(world);

        using var blob = await world.Store.ReadAsync($"orders/{stream.StreamId}/producers/p.json", 0, 1000, default);

        Assert.Equal("""{"producer":"p","epoch":1,"started":"2026-03-02T08:00:00+00:00"}""", System.Text.Encoding.UTF8.GetString(blob!.Content.Span));
    });
}
