using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Partitions;

public sealed class CheckpointTests
{
    [Fact]
    public void A_checkpoint_is_written_before_the_tail_has_run_its_bytes_past_the_last() => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { CheckpointBytes = 10_000 });
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 0; i < 40; i++)
        {
            await instance.AppendAsync(stream, new string('x', 1000));
            Assert.InRange(await UnsavedBytesAsync(world, stream), 0, 10_000);
        }
    });

    [Fact]
    public void A_checkpoint_is_written_before_the_tail_has_run_its_appends_past_the_last() => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { CheckpointAppends = 10 });
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 1; i <= 40; i++)
        {
            await instance.AppendAsync(stream, "x");
            Assert.InRange(i - ((await Checkpoints.ReadAsync(world, stream))?.Next.Value ?? 0), 0, 10);
        }
    });

    [Fact]
    public void Few_appends_write_no_checkpoint() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 0; i < 100; i++)
        {
            await instance.AppendAsync(stream, "x");
        }

        Assert.DoesNotContain(instance.Storage.Calls, c => c.ShortName == "checkpoint" && c.Operation == StorageOperation.Write);
    });

    [Fact]
    public void A_checkpoint_is_written_after_a_roll() => World.Play(async world =>
    {
        Instance instance = world.Start(Options.RollsOften);
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 0; i < 3; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        Assert.Equal(2, (await Checkpoints.ReadAsync(world, stream))!.SegmentBase.Value);
    });

    [Fact]
    public void No_append_waits_for_a_checkpoint() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        var gate = new TaskCompletionSource();
        instance.Storage.When(c => c.ToString() == "Write checkpoint", CallFate.HeldUntil(gate.Task));

        for (int i = 0; i < 30; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        Assert.Null(await Checkpoints.ReadAsync(world, stream));
        gate.SetResult();
    });

    [Fact]
    public void One_checkpoint_is_written_at_a_time() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        var gate = new TaskCompletionSource();
        instance.Storage.When(c => c.ToString() == "Write checkpoint", CallFate.HeldUntil(gate.Task));

        for (int i = 0; i < 30; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        Assert.Single(instance.Storage.Calls, c => c.ToString() == "Write checkpoint");
        gate.SetResult();
    });

    [Fact]
    public void A_checkpoint_that_cannot_be_written_harms_no_append_and_is_tried_again() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        instance.Storage.When(c => c.ToString() == "Write checkpoint", CallFate.LostBefore, times: 2);

        for (int i = 0; i < 20; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        Assert.NotNull(await Checkpoints.ReadAsync(world, stream));
        Assert.Equal(20, (await world.Start().ValuesAsync(stream)).Count);
    });

    [Fact]
    public void While_tables_are_down_no_more_checkpoints_are_written() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        instance.Storage.Clear();
        instance.Storage.Every(c => !c.IsBlobCall, CallFate.Refused(Ports.StorageFault.Unavailable));

        for (int i = 0; i < 100; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        Assert.InRange(instance.Storage.Calls.Count(c => c.ToString() == "Write checkpoint"), 18, 20);
    });

    [Fact]
    public void While_tables_are_down_the_row_is_tried_less_and_less_often_and_written_when_they_are_back() => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { CheckpointAppends = 1_000 });
        StreamDescription stream = await instance.CreateAsync();
        instance.Storage.Every(c => !c.IsBlobCall, CallFate.Refused(Ports.StorageFault.Unavailable));
        for (int i = 0; i < 500; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        instance.Storage.Clear();
        for (int second = 0; second < 400; second++)
        {
            await instance.AppendAsync(stream, "x");
            await Task.Delay(TimeSpan.FromSeconds(1), world.Time);
        }

        Assert.InRange(instance.Storage.Calls.Count(c => c.Name == $"partitions/{stream.StreamId}"), 6, 9);
        Assert.InRange(instance.Storage.Calls.Count(c => c.Name == "partitions/due"), 6, 7); // The mark of use, once a minute.
        Assert.DoesNotContain(instance.Storage.Calls, c => c.ToString() == "Write checkpoint");
        instance.Storage.Heal();
        await Task.Delay(TimeSpan.FromMinutes(5), world.Time);
        await instance.AppendAsync(stream, "y");

        Ports.TableRow? row = await world.Tables.GetAsync(Ports.StorageNames.PartitionsTable, new Ports.RowId(stream.StreamId, "00000"), default);
        Assert.InRange(row?.Number("logEnd") ?? 0, 499, 501);
    });

    [Fact]
    public void While_the_checkpoint_cannot_be_written_it_is_tried_less_and_less_often() => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { CheckpointAppends = 100 });
        StreamDescription stream = await instance.CreateAsync();
        instance.Storage.Every(c => c.ToString() == "Write checkpoint", CallFate.Refused(Ports.StorageFault.Denied));
        for (int i = 0; i < 500; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        Assert.InRange(instance.Storage.Calls.Count(c => c.ToString() == "Write checkpoint"), 10, 15);
    });

    [Fact]
    public void A_graceful_stop_writes_a_checkpoint_of_everything() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        await instance.AppendAsync(stream, "a", "b");

        await instance.Log.DrainAsync(default);

        Assert.Equal(2, (await Checkpoints.ReadAsync(world, stream))!.Next.Value);
    });

    [Fact]
    public void A_graceful_stop_waits_for_appends_under_way() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        Held held = await Held.StartAsync(world, instance, stream);
        Task stop = instance.Log.DrainAsync(default);
        await world.QuietAsync();
        Assert.False(stop.IsCompleted);

        await held.ReleaseAsync();
        await stop;

        Assert.Equal(1, (await Checkpoints.ReadAsync(world, stream))!.Next.Value);
    });

    [Fact]
    public void A_second_graceful_stop_writes_nothing_more() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        await instance.AppendAsync(stream, "a");
        await instance.Log.DrainAsync(default);
        instance.Storage.Clear();

        await instance.Log.DrainAsync(default);

        Assert.Empty(instance.Storage.Calls);
    });

    [Fact]
    public void A_sleeper_does_not_replace_a_later_checkpoint_by_its_own() => World.Play(async world =>
    {
        (Instance slow, StreamDescription stream) = await StartAsync(world);
        Instance quick = world.Start(LogOptions.Default with { CheckpointAppends = 10 });
        await slow.AppendAsync(stream, "slow");
        slow.Storage.When(c => c.ToString() == "Write checkpoint", CallFate.After(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                await quick.AppendAsync(stream, $"{i}");
            }

            await quick.Log.DrainAsync(default);
        }));

        await slow.Log.DrainAsync(default);

        Assert.Equal(51, (await Checkpoints.ReadAsync(world, stream))!.Next.Value);
    });

    [Fact]
    public void A_checkpoint_says_where_the_log_ends_and_what_is_remembered() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        Core.Positions.ProducerEpoch epoch = (await instance.Log.StartProducerAsync(stream, "p", default)).Epoch;
        await instance.AppendAsync(stream, Keys.Of("key", "body"), "a", "b");
        await Append.SequencedProducerTests.SendAsync(instance, stream, epoch, 0, 2);
        await instance.Log.DrainAsync(default);

        PartitionCheckpoint checkpoint = (await Checkpoints.ReadAsync(world, stream))!;

        Assert.Equal((0, 4), (checkpoint.SegmentBase.Value, checkpoint.Next.Value));
        Assert.Equal((0L, 2), (Assert.Single(checkpoint.Keys).Base.Value, checkpoint.Keys[0].Count));
        ProducerState producer = Assert.Single(checkpoint.Producers);
        Assert.Equal(("p", 1, 2L), (producer.Id, producer.Epoch.Value, producer.Next.Value));
        using Ports.BlobRead? segment = await world.Store.ReadAsync($"orders/{stream.StreamId}/00000/00000000000000000000.avro", 0, 1, default);
        Assert.Equal(segment!.Length, checkpoint.Position);
    });

    private static async Task<long> UnsavedBytesAsync(World world, StreamDescription stream)
    {
        using Ports.BlobRead? segment = await world.Store.ReadAsync($"orders/{stream.StreamId}/00000/00000000000000000000.avro", 0, 1, default);
        return segment!.Length - ((await Checkpoints.ReadAsync(world, stream))?.Position ?? 2000);
    }

    private static async Task<(Instance Instance, StreamDescription Stream)> StartAsync(World world)
    {
        Instance instance = world.Start(LogOptions.Default with { CheckpointAppends = 10 });
        return (instance, await instance.CreateAsync());
    }
}
