using Headwater.Contracts.Errors;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Segments;

/// <summary>Rolls that are interrupted, that race each other, or that an instance misses while it is paused.</summary>
public sealed class RollRaceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_roll_that_broke_off_at_any_storage_call_is_finished_by_another_instance(bool applied)
    {
        bool survived = false;
        for (int call = 1; !survived; call++)
        {
            World.Play(async world =>
            {
                (Instance first, StreamDescription stream) = await FillAsync(world);
                first.Storage.When(c => c.Number == call, applied ? CallFate.CrashAfter : CallFate.CrashBefore);
                survived = await first.SurvivesAsync(first.AppendAsync(stream, "c"));

                await world.Start(Options.RollsOften).AppendAsync(stream, "d");

                IReadOnlyList<string> values = await world.Start().ValuesAsync(stream);
                Assert.Equal(["a", "b"], values.Take(2));
                Assert.True(values.SequenceEqual(["a", "b", "c", "d"]) || (!survived && values.SequenceEqual(["a", "b", "d"])), string.Join(',', values));
                Assert.Equal([0, 2], await Audit.PartitionAsync(world, stream));
            });
        }
    }

    [Fact]
    public void A_blob_made_late_under_the_name_of_a_segment_long_gone_is_not_begun() => World.Play(async world =>
    {
        (Instance sleeper, StreamDescription stream) = await FillAsync(world);
        var gate = new TaskCompletionSource();
        sleeper.Storage.When(c => c is { Operation: StorageOperation.AppendBlock, Position: 0 }, CallFate.HeldUntil(gate.Task));
        Task sleeping = sleeper.SurvivesAsync(sleeper.AppendAsync(stream, "late"));
        await world.QuietAsync();
        Instance awake = world.Start(Options.RollsOften);
        foreach (string value in new[] { "c", "d", "e" })
        {
            await awake.AppendAsync(stream, value);
        }

        string name = (await world.NamesAsync("")).Single(n => n.EndsWith("00000000000000000002.avro", StringComparison.Ordinal));

        // Retention deletes the segment, and a delayed create call then creates it again.
        await world.Store.DeleteAsync(name, null, CancellationToken.None);
        await world.Store.CreateAppendBlobAsync(name, CancellationToken.None);
        gate.SetResult();
        await sleeping;

        using BlobRead? stray = await world.Store.ReadAsync(name, 0, 1, CancellationToken.None);
        Assert.Equal(0, stray?.Length ?? 0);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_roll_that_broke_off_at_any_storage_call_hides_nothing_from_readers(bool applied)
    {
        bool survived = false;
        for (int call = 1; !survived; call++)
        {
            World.Play(async world =>
            {
                (Instance first, StreamDescription stream) = await FillAsync(world);
                Instance reader = world.Start();
                await reader.ReadAllAsync(stream);
                first.Storage.When(c => c.Number == call, applied ? CallFate.CrashAfter : CallFate.CrashBefore);
                survived = await first.SurvivesAsync(first.AppendAsync(stream, "c"));

                IReadOnlyList<string> warm = await reader.ValuesAsync(stream);
                IReadOnlyList<string> cold = await world.Start().ValuesAsync(stream);

                Assert.Equal(warm, cold);
                Assert.Equal(["a", "b"], warm.Take(2));
                Assert.True(!survived || warm.Count == 3);
            });
        }
    }

    [Theory]
    [InlineData(StorageOperation.Seal)]
    [InlineData(StorageOperation.Read)]
    [InlineData(StorageOperation.CreateAppendBlob)]
    [InlineData(StorageOperation.Write)]
    [InlineData(StorageOperation.List)]
    [InlineData(StorageOperation.AppendBlock)]
    public void An_instance_overtaken_in_the_middle_of_its_roll_stores_behind_the_other(StorageOperation at) => World.Play(async world =>
    {
        (Instance slow, StreamDescription stream) = await FillAsync(world);
        Instance quick = world.Start(Options.RollsOften);
        slow.Storage.Next(at, CallFate.After(() => AppendAsync(quick, stream, "q1")));

        await slow.AppendAsync(stream, "s");

        Assert.Equal(["a", "b", "q1", "s"], await world.Start().ValuesAsync(stream));
        await Audit.PartitionAsync(world, stream);
    });

    [Theory]
    [InlineData(StorageOperation.Seal)]
    [InlineData(StorageOperation.Read)]
    [InlineData(StorageOperation.CreateAppendBlob)]
    [InlineData(StorageOperation.Write)]
    [InlineData(StorageOperation.List)]
    [InlineData(StorageOperation.AppendBlock)]
    public void An_instance_that_sleeps_in_the_middle_of_its_roll_through_many_others_stores_behind_them(StorageOperation at) => World.Play(async world =>
    {
        (Instance slow, StreamDescription stream) = await FillAsync(world);
        Instance quick = world.Start(Options.RollsOften);
        string[] meanwhile = [.. Enumerable.Range(0, 9).Select(i => $"q{i}")];
        slow.Storage.Next(at, CallFate.After(() => AppendAsync(quick, stream, meanwhile)));

        await slow.AppendAsync(stream, "s");

        Assert.Equal(["a", "b", .. meanwhile, "s"], await world.Start().ValuesAsync(stream));
        await Audit.PartitionAsync(world, stream);
    });

    [Theory]
    [InlineData(StorageOperation.Seal)]
    [InlineData(StorageOperation.Read)]
    public void What_is_appended_up_to_the_seal_belongs_to_the_sealed_segment(StorageOperation at) => World.Play(async world =>
    {
        (Instance slow, StreamDescription stream) = await FillAsync(world);
        Instance quick = world.Start(); // Its segments are larger, so it appends to this segment until the segment is sealed.
        await quick.ReadAllAsync(stream);
        slow.Storage.Next(at, CallFate.After(() => AppendAsync(quick, stream, "q")));

        await slow.AppendAsync(stream, "s");

        Assert.Equal([0, at == StorageOperation.Seal ? 3 : 2], await Audit.PartitionAsync(world, stream));
        Assert.Equal(["a", "b", "q", "s"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void Two_instances_that_roll_at_once_begin_one_successor() => World.Play(async world =>
    {
        (Instance one, StreamDescription stream) = await FillAsync(world);
        Instance two = world.Start(Options.RollsOften);
        await two.ReadAllAsync(stream);

        Task<long> first = one.AppendAsync(stream, "1");
        Task<long> second = two.AppendAsync(stream, "2");
        await Task.WhenAll(first, second);

        Assert.Equal([0, 2], await Audit.PartitionAsync(world, stream));
        IReadOnlyList<string> values = await world.Start().ValuesAsync(stream);
        Assert.Equal(["1", "2", "a", "b"], values.Order());
    });

    [Fact]
    public void A_roll_is_not_confused_by_a_reader_that_moves_on_to_the_successor_first() => World.Play(async world =>
    {
        (Instance slow, StreamDescription stream) = await FillAsync(world);
        Instance quick = world.Start();
        var gate = new TaskCompletionSource();
        slow.Storage.When(c => c.Operation == StorageOperation.Read && c.ShortName == "00000000000000000002.avro", CallFate.AnsweredAfter(gate.Task));
        Task<long> rolling = slow.AppendAsync(stream, "s");
        await world.QuietAsync(); // Storage has answered that there is no successor, but the answer is still on its way.
        await AppendAsync(quick, stream, "q1", "q2", "q3");
        Assert.Equal(["a", "b", "q1", "q2", "q3"], await slow.ValuesAsync(stream));

        gate.SetResult();
        await rolling;

        Assert.Equal([0, 2], await Audit.PartitionAsync(world, stream));
        Assert.Equal(["a", "b", "q1", "q2", "q3", "s"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void A_creator_that_slept_through_its_successors_life_deletes_its_stray_and_loses_nothing() => World.Play(async world =>
    {
        (Instance slow, StreamDescription stream) = await FillAsync(world);
        Instance quick = world.Start(Options.RollsOften);
        slow.Storage.Next(StorageOperation.CreateAppendBlob, CallFate.After(async () =>
        {
            await AppendAsync(quick, stream, "q0", "q1", "q2", "q3", "q4");
            await Compacted.OfAsync(world, stream, 2, 4, "q0", "q1");
        }));

        Assert.Equal(7, await slow.AppendAsync(stream, "s"));

        Assert.DoesNotContain(await world.NamesAsync(), name => name.EndsWith("/00000000000000000002.avro", StringComparison.Ordinal));
        Assert.Equal(["a", "b", "q0", "q1", "q2", "q3", "q4", "s"], await world.Start().ValuesAsync(stream));
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stray_left_behind_hides_nothing(bool cold) => World.Play(async world =>
    {
        (Instance slow, StreamDescription stream) = await FillAsync(world);
        Instance reader = world.Start();
        await reader.ReadAllAsync(stream);
        Instance quick = world.Start(Options.RollsOften);
        slow.Storage.Next(StorageOperation.CreateAppendBlob, CallFate.After(async () =>
        {
            await AppendAsync(quick, stream, "q0", "q1", "q2", "q3", "q4");
            await Compacted.OfAsync(world, stream, 2, 4, "q0", "q1");
            await Checkpoints.DeleteAsync(world, stream);
        }));
        slow.Storage.Next(StorageOperation.List, CallFate.CrashBefore);
        Assert.False(await slow.SurvivesAsync(slow.AppendAsync(stream, "s")));

        Instance asked = cold ? world.Start() : reader;

        Assert.Equal(["a", "b", "q0", "q1", "q2", "q3", "q4"], await asked.ValuesAsync(stream));
    });

    [Fact]
    public void A_creator_whose_stray_another_instance_seals_reads_on() => World.Play(async world =>
    {
        (Instance slow, StreamDescription stream) = await FillAsync(world);
        Instance quick = world.Start(Options.RollsOften);
        slow.Storage.Next(StorageOperation.CreateAppendBlob, CallFate.After(async () =>
        {
            await AppendAsync(quick, stream, "q0", "q1", "q2", "q3", "q4");
            await Compacted.OfAsync(world, stream, 2, 4, "q0", "q1");
        }));
        slow.Storage.Next(StorageOperation.List, CallFate.LostBefore);
        await slow.AppendAsync(stream, "s").IsRefusedAsync(ErrorCode.StorageUnavailable);

        // Another instance found this segment full before it was compacted; its seal is late.
        string stray = (await world.NamesAsync("")).Single(n => n.EndsWith("00000000000000000002.avro", StringComparison.Ordinal));
        await world.Store.SealAsync(stray, CancellationToken.None);

        Assert.Equal(["a", "b", "q0", "q1", "q2", "q3", "q4"], await slow.ValuesAsync(stream));
    });

    [Theory]
    [InlineData("reader")]
    [InlineData("checkpoint")]
    public void A_successor_that_was_compacted_away_hides_nothing_behind_it(string who) => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await FillAsync(world);
        await instance.Log.DrainAsync(default);
        Instance reader = world.Start();
        await reader.ReadAllAsync(stream);
        Instance quick = world.Start(Options.RollsOften);
        quick.Storage.Every(c => c.ToString() == "Write checkpoint", CallFate.LostBefore);
        await AppendAsync(quick, stream, "q0", "q1", "q2", "q3", "q4");
        await Compacted.OfAsync(world, stream, 2, 4, "q0", "q1");

        Instance asked = who == "reader" ? reader : world.Start();

        Assert.Equal(["a", "b", "q0", "q1", "q2", "q3", "q4"], await asked.ValuesAsync(stream));
        Assert.Equal(7, await asked.AppendAsync(stream, "next"));
    });

    [Fact]
    public void A_sleeper_whose_segment_has_been_compacted_away_stores_at_the_end() => World.Play(async world =>
    {
        (Instance slow, StreamDescription stream) = await FillAsync(world);
        Instance quick = world.Start(Options.RollsOften);
        await AppendAsync(quick, stream, "q0", "q1", "q2");
        await Compacted.OfAsync(world, stream, 0, 2, "a", "b");

        Assert.Equal(5, await slow.AppendAsync(stream, "s"));

        Assert.Equal(["a", "b", "q0", "q1", "q2", "s"], await world.Start().ValuesAsync(stream));
        Assert.Equal(["a", "b", "q0", "q1", "q2", "s"], await slow.ValuesAsync(stream));
    });

    private static async Task AppendAsync(Instance instance, StreamDescription stream, params string[] values)
    {
        foreach (string value in values)
        {
            await instance.AppendAsync(stream, value);
        }
    }

    /// <summary>A segment with two events, which the next append ends.</summary>
    private static async Task<(Instance Instance, StreamDescription Stream)> FillAsync(World world)
    {
        Instance instance = world.Start(Options.RollsOften);
        StreamDescription stream = await instance.CreateAsync();
        await AppendAsync(instance, stream, "a", "b");
        instance.Storage.Clear();
        return (instance, stream);
    }
}
