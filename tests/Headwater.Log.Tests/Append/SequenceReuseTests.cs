using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Testing;
using Xunit;
using static Headwater.Log.Tests.Append.SequencedProducerTests;

namespace Headwater.Log.Tests.Append;

/// <summary>A sequence that is sent again with other events is refused, as a key is.</summary>
public sealed class SequenceReuseTests
{
    [Fact]
    public void A_sequence_sent_again_with_other_events_is_refused_and_changes_nothing() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        await instance.AppendAsync(stream, With(epoch, 0, "first"), "first");
        BlobContents contents = await world.CaptureContentsAsync();

        HeadwaterException refusal = await instance.AppendAsync(stream, With(epoch, 0, "other"), "other").IsRefusedAsync(ErrorCode.SequenceReused);

        Assert.Equal((422, false, Appended.No), (refusal.Code.Status(), refusal.Code.IsRetryable(), refusal.Code.Appended()));
        Assert.Equal(0, refusal.Number("partition"));
        await contents.AssertNothingChangedAsync(default);
    });

    [Fact]
    public void The_same_events_get_the_first_answer() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        await instance.AppendAsync(stream, With(epoch, 0, "first"), "first");
        await instance.AppendAsync(stream, With(epoch, 1, "second"), "second");

        AppendOutcome repeat = await instance.AppendAsync(stream, With(epoch, 1, "second"), "second");

        Assert.Equal((true, 1L), (repeat.IsReplay, repeat.Partitions.Single().Base!.Value.Value));
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Another_instance_that_starts_later_refuses_it_too(bool hasCheckpoint) => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        await SendAsync(instance, stream, epoch, 5);
        if (hasCheckpoint)
        {
            await instance.Log.DrainAsync(default);
        }

        Instance cold = world.Start();

        Assert.True((await cold.AppendAsync(stream, With(epoch, 2, "s2"), "s2")).IsReplay);
        await cold.AppendAsync(stream, With(epoch, 2, "other"), "other").IsRefusedAsync(ErrorCode.SequenceReused);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Segments_that_have_ended_since_are_read_too(bool isCold) => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world, Options.RollsOften);
        await SendAsync(instance, stream, epoch, 10);
        Instance asked = isCold ? world.Start(Options.RollsOften) : instance;

        for (int sequence = 0; sequence < 10; sequence++)
        {
            Assert.True((await asked.AppendAsync(stream, With(epoch, sequence, $"s{sequence}"), "any")).IsReplay);
            await asked.AppendAsync(stream, With(epoch, sequence, "other"), "other").IsRefusedAsync(ErrorCode.SequenceReused);
        }
    });

    [Fact]
    public void A_new_sequence_costs_no_read_and_a_repeat_one() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        await SendAsync(instance, stream, epoch, 3);
        await instance.ReadAsync(stream, from: 3); // Asks for the end, which an answer without an append does once.
        instance.Storage.Clear();

        await instance.AppendAsync(stream, With(epoch, 3, "s3"), "s3");
        int reads = instance.Storage.Calls.Count(c => c.Operation == StorageOperation.Read);
        await instance.AppendAsync(stream, With(epoch, 1, "s1"), "s1");
        int more = instance.Storage.Calls.Count(c => c.Operation == StorageOperation.Read) - reads;

        Assert.Equal((0, 2), (reads, more)); // One of the batch, one of the log end.
    });

    [Fact]
    public void While_the_batch_cannot_be_read_a_repeat_is_not_answered() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        await SendAsync(instance, stream, epoch, 3);
        instance.Storage.Next(StorageOperation.Read, CallFate.Refused(StorageFault.Unavailable));

        await instance.AppendAsync(stream, With(epoch, 1, "other"), "other").IsRefusedAsync(ErrorCode.StorageUnavailable);
    });

    [Fact]
    public void While_a_batch_cannot_be_read_others_are_appended() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        await SendAsync(instance, stream, epoch, 3);
        instance.Storage.Every(c => c.Operation == StorageOperation.Read, CallFate.Refused(StorageFault.Unavailable));

        Task<AppendOutcome> repeat = instance.AppendAsync(stream, With(epoch, 1, "other"), "other");
        AppendOutcome other = await instance.AppendAsync(stream, AppendOptions.None, "of another producer");

        Assert.Equal(3, other.Partitions.Single().Base!.Value.Value);
        await repeat.IsRefusedAsync(ErrorCode.StorageUnavailable);
    });

    [Fact]
    public void Where_counts_lead_to_another_batch_a_repeat_is_not_answered() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        await SendAsync(instance, stream, epoch, 3);
        string name = (await world.NamesAsync()).Single(n => n.EndsWith("00000000000000000000.avro", StringComparison.Ordinal));
        using BlobRead? stored = await world.Store.ReadAsync(name, 0, int.MaxValue, default);
        byte[] damaged = stored!.Content.ToArray();
        Assert.True(SegmentHeader.TryRead(damaged, out _, out int first));
        damaged[first] = 4; // The first block states two events.
        await world.Store.DeleteAsync(name, null, default);
        await world.Store.CreateAppendBlobAsync(name, default);
        await world.Store.AppendBlockAsync(name, 0, damaged, default);

        await instance.AppendAsync(stream, With(epoch, 2, "other"), "other").IsRefusedAsync(ErrorCode.CorruptSegment);
    });

    [Fact]
    public void A_batch_that_was_stored_without_a_digest_is_not_compared() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        await instance.AppendAsync(stream, At(epoch, 0), "by an older version");

        Assert.True((await instance.AppendAsync(stream, With(epoch, 0, "other"), "other")).IsReplay);
    });

    [Fact]
    public void A_sequence_before_the_last_16_is_not_compared() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        await SendAsync(instance, stream, epoch, 17);

        Assert.True((await instance.AppendAsync(stream, With(epoch, 0, "other"), "other")).IsReplay);
    });

    [Fact]
    public void Where_retention_has_removed_the_batch_a_repeat_is_answered_as_one() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world, Options.RollsOften);
        await SendAsync(instance, stream, epoch, 10);
        string first = (await world.NamesAsync()).First(n => n.EndsWith("00000000000000000000.avro", StringComparison.Ordinal));
        await world.Store.DeleteAsync(first, null, default);

        AppendOutcome repeat = await world.Start(Options.RollsOften).AppendAsync(stream, With(epoch, 0, "other"), "other");

        Assert.Equal((true, 0L), (repeat.IsReplay, repeat.Partitions.Single().Base!.Value.Value));
    });

    [Fact]
    public void A_batch_that_has_a_key_too_is_compared_by_its_keys_digest() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, ProducerEpoch epoch) = await StartAsync(world);
        await instance.AppendAsync(stream, Keys.Of("k", "first") with { Producer = At(epoch, 0).Producer }, "first");

        Assert.True((await instance.AppendAsync(stream, Keys.Of("another", "first") with { Producer = At(epoch, 0).Producer }, "first")).IsReplay);
        await instance.AppendAsync(stream, Keys.Of("a third", "other") with { Producer = At(epoch, 0).Producer }, "other")
            .IsRefusedAsync(ErrorCode.SequenceReused);
    });

    private static AppendOptions With(ProducerEpoch epoch, long sequence, string body) =>
        At(epoch, sequence) with { Digest = Keys.Of("any", body).Request!.Value.Digest };

    private static async Task SendAsync(Instance instance, StreamDescription stream, ProducerEpoch epoch, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await instance.AppendAsync(stream, With(epoch, i, $"s{i}"), $"s{i}");
        }
    }
}
