using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Producers;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Append;

/// <summary>Two instances append to one partition at once: the behaviour of the instance that loses the race.</summary>
public sealed class LostRaceTests
{
    [Fact]
    public void The_loser_stores_behind_the_winner() => World.Play(async world =>
    {
        (Instance loser, StreamDescription stream) = await OvertakeAsync(world, (winner, s) => winner.AppendAsync(s, "w1", "w2"));

        Assert.Equal(3, await loser.AppendAsync(stream, "l"));

        Assert.Equal(["first", "w1", "w2", "l"], await world.Start().ValuesAsync(stream));
        await Audit.PartitionAsync(world, stream);
    });

    [Fact]
    public void The_loser_reads_only_what_was_added() => World.Play(async world =>
    {
        int added = 0;
        (Instance loser, StreamDescription stream) = await OvertakeAsync(world, async (winner, s) =>
        {
            await winner.AppendAsync(s, "w1", "w2");
            added = winner.Storage.Of(StorageOperation.AppendBlock).Single().Sent;
        });

        await loser.AppendAsync(stream, "l");

        Assert.Equal([StorageOperation.AppendBlock, StorageOperation.Read, StorageOperation.AppendBlock], loser.Storage.Calls.Select(c => c.Operation));
        const int SyncMarker = 16; // Read too, to prove that a block ends there.
        Assert.Equal(added + SyncMarker, loser.Storage.Of(StorageOperation.Read).Single().Received);
    });

    [Fact]
    public void A_whole_group_that_lost_is_stored_behind_the_winner_in_its_order() => World.Play(async world =>
    {
        Instance loser = world.Start();
        Instance winner = world.Start();
        StreamDescription stream = await loser.CreateAsync();
        Held held = await Held.StartAsync(world, loser, stream);
        Task<long>[] queued = [.. Enumerable.Range(0, 5).Select(i => loser.AppendAsync(stream, $"l{i}"))];
        loser.Storage.Next(StorageOperation.AppendBlock, CallFate.After(() => winner.AppendAsync(stream, "w")));

        await held.ReleaseAsync();

        long[] offsets = await Task.WhenAll(queued);
        Assert.Equal([2L, 3, 4, 5, 6], offsets);
        Assert.Equal(["first", "w", "l0", "l1", "l2", "l3", "l4"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void A_request_that_loses_every_race_is_answered_not_stored() => World.Play(async world =>
    {
        Instance loser = world.Start();
        Instance winner = world.Start();
        StreamDescription stream = await loser.CreateAsync();
        loser.Storage.Every(c => c.Operation == StorageOperation.AppendBlock, CallFate.After(() =>
        {
            world.Time.Advance(TimeSpan.FromMilliseconds(100));
            return winner.AppendAsync(stream, "w");
        }));

        HeadwaterException refusal = await loser.AppendAsync(stream, "l").IsRefusedAsync(ErrorCode.StorageUnavailable);

        Assert.Equal(Appended.No, refusal.Code.Appended());
        Assert.DoesNotContain("l", await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void The_condition_on_the_end_is_checked_again() => World.Play(async world =>
    {
        (Instance loser, StreamDescription stream) = await OvertakeAsync(world, (winner, s) => winner.AppendAsync(s, "w"));

        HeadwaterException refusal = await loser.AppendAsync(stream, new AppendOptions { IfOffset = new Offset(1) }, "l")
            .IsRefusedAsync(ErrorCode.OffsetMismatch);

        Assert.Equal(2, refusal.Number("logEndOffset"));
        Assert.Equal(["first", "w"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void A_repeat_that_the_winner_stored_is_seen() => World.Play(async world =>
    {
        AppendOptions same = Keys.Of("key", "body");
        (Instance loser, StreamDescription stream) = await OvertakeAsync(world, (winner, s) => winner.AppendAsync(s, same, "once"));

        AppendOutcome outcome = await loser.AppendAsync(stream, same, "once");

        Assert.True(outcome.IsReplay);
        Assert.Equal(1, outcome.Partitions.Single().Base!.Value.Value);
        Assert.Equal(["first", "once"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void Another_body_that_the_winner_stored_under_the_key_is_seen() => World.Play(async world =>
    {
        (Instance loser, StreamDescription stream) = await OvertakeAsync(world, (winner, s) => winner.AppendAsync(s, Keys.Of("key", "theirs"), "theirs"));

        await loser.AppendAsync(stream, Keys.Of("key", "mine"), "mine").IsRefusedAsync(ErrorCode.IdempotencyKeyReused);

        Assert.Equal(["first", "theirs"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void A_sequence_that_the_winner_stored_is_seen() => World.Play(async world =>
    {
        (Instance loser, StreamDescription stream) = await OvertakeAsync(world, (winner, s) => winner.AppendAsync(s, Sequenced("p", 1, 0), "once"), starts: 1);

        AppendOutcome outcome = await loser.AppendAsync(stream, Sequenced("p", 1, 0), "once");

        Assert.True(outcome.IsReplay);
        Assert.Equal(["first", "once"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void An_epoch_that_the_winner_began_is_seen() => World.Play(async world =>
    {
        (Instance loser, StreamDescription stream) = await OvertakeAsync(world, (winner, s) => winner.AppendAsync(s, Sequenced("p", 2, 0), "new"), starts: 2);

        HeadwaterException refusal = await loser.AppendAsync(stream, Sequenced("p", 1, 0), "old").IsRefusedAsync(ErrorCode.StaleEpoch);

        Assert.Equal(2, refusal.Number("currentEpoch"));
        Assert.Equal(["first", "new"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void The_next_append_of_a_loser_that_has_caught_up_is_one_call() => World.Play(async world =>
    {
        (Instance loser, StreamDescription stream) = await OvertakeAsync(world, (winner, s) => winner.AppendAsync(s, "w"));
        await loser.AppendAsync(stream, "l");
        loser.Storage.Clear();

        await loser.AppendAsync(stream, "l2");

        Assert.Single(loser.Storage.Calls);
    });

    /// <summary>An instance that another instance will overtake at its next AppendBlock.</summary>
    private static async Task<(Instance Loser, StreamDescription Stream)> OvertakeAsync(
        World world,
        Func<Instance, StreamDescription, Task> overtake,
        int starts = 0)
    {
        Instance loser = world.Start();
        StreamDescription stream = await loser.CreateAsync();
        await loser.AppendAsync(stream, "first");
        for (int i = 0; i < starts; i++)
        {
            await loser.Log.StartProducerAsync(stream, "p", default);
        }

        Instance winner = world.Start();
        loser.Storage.Clear();
        loser.Storage.Next(StorageOperation.AppendBlock, CallFate.After(() => overtake(winner, stream)));
        return (loser, stream);
    }

    private static AppendOptions Sequenced(string producer, int epoch, long sequence) =>
        new() { Producer = new ProducerPosition(producer, new ProducerEpoch(epoch), new SequenceNumber(sequence)) };
}
