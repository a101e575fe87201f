using Headwater.Contracts.Errors;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Streams;

/// <summary>Once a deletion is answered, no append is acknowledged, by any instance, although blobs of the stream are left for maintenance.</summary>
public sealed class ClosingTests
{
    private static readonly StreamName Orders = StreamName.Parse("orders");

    /// <summary>Deletes one blob per folder in a request, and rolls after every second append.</summary>
    private static LogOptions Hasty => Options.RollsOften with { DeleteBudget = TimeSpan.Zero };

    [Fact]
    public void An_instance_that_knows_the_stream_appends_nothing_after_the_answer() => World.Play(async world =>
    {
        (Instance writer, StreamDescription stream) = await FillAsync(world, partitions: 2, appends: 40);
        await world.Start(Hasty).Log.Streams.DeleteAsync(Orders, default);
        string[] left = await SegmentsAsync(world);

        await writer.AppendAsync(stream, "late").IsRefusedAsync(ErrorCode.StreamNotFound);

        Assert.NotEmpty(left);
        Assert.Equal(left, await SegmentsAsync(world));
    });

    [Fact]
    public void An_instance_that_has_begun_a_segment_and_then_slept_appends_nothing_after_the_answer() => World.Play(async world =>
    {
        (_, StreamDescription stream) = await FillAsync(world, partitions: 1, appends: 40);
        Instance sleeper = world.Start(Hasty);
        await sleeper.AppendAsync(stream, "before");
        sleeper.Storage.When(
            c => c.Operation == StorageOperation.AppendBlock && c.Position == 0,
            CallFate.After(() => world.Start(Hasty).Log.Streams.DeleteAsync(Orders, default)));

        for (int i = 0; i < 3; i++)
        {
            try
            {
                await sleeper.AppendAsync(stream, $"{i}");
            }
            catch (HeadwaterException refused) when (refused.Code == ErrorCode.StreamNotFound)
            {
                // The deletion came between.
            }
        }

        await sleeper.AppendAsync(stream, "late").IsRefusedAsync(ErrorCode.StreamNotFound);
    });

    [Fact]
    public void An_instance_that_was_about_to_begin_a_segment_stops_and_leaves_none() => World.Play(async world =>
    {
        (_, StreamDescription stream) = await FillAsync(world, partitions: 1, appends: 40);
        Instance sleeper = world.Start(Hasty);
        await sleeper.AppendAsync(stream, "before");
        sleeper.Storage.When(
            c => c.Operation == StorageOperation.CreateAppendBlob, CallFate.After(() => world.Start(Hasty).Log.Streams.DeleteAsync(Orders, default)));
        string[] answers = [await TellAsync(sleeper, stream), await TellAsync(sleeper, stream), await TellAsync(sleeper, stream)];

        Assert.Contains("StreamNotFound", answers);
        Assert.Equal("StreamNotFound", answers[^1]);
        Assert.DoesNotContain((await world.CaptureContentsAsync()).Items, b => b.Length == 0);
    });

    [Fact]
    public void What_a_deletion_left_is_not_found_and_a_new_stream_of_that_name_has_to_wait() => World.Play(async world =>
    {
        await FillAsync(world, partitions: 1, appends: 120);
        Instance admin = world.Start(Hasty);
        await admin.Log.Streams.DeleteAsync(Orders, default);

        await admin.GetAsync().IsRefusedAsync(ErrorCode.StreamNotFound);
        await admin.CreateAsync().IsRefusedAsync(ErrorCode.StreamDeleting);
        StreamDescription stream = await world.Start().CreateAsync();
        await world.Start().AppendAsync(stream, "new");
        Assert.Equal(["new"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void What_a_deletion_left_is_deleted_by_the_next_timer() => World.Play(async world =>
    {
        (Instance writer, StreamDescription stream) = await FillAsync(world, partitions: 3, appends: 60);
        await writer.MaintainDueAsync();
        await world.Start(Hasty).Log.Streams.DeleteAsync(Orders, default);

        MaintenanceReport report = await world.Start().MaintainDueAsync(MaintenanceWork.Checkpoint);

        Assert.True(report.Finished);
        Assert.Empty(await world.NamesAsync());
        Assert.Empty((await world.Start().Log.Streams.ListAsync(null, 10, default)).Streams);
        Assert.NotEqual("", stream.StreamId);
    });

    [Fact]
    public void A_deletion_ends_1024_partitions_at_most_16_at_a_time() => World.Play(async world =>
    {
        await world.Start().CreateAsync("orders", Options.Partitioned(1_024));
        Instance admin = world.Start(Hasty);
        int running = 0;
        int most = 0;
        admin.Storage.Every(c => c.Operation == StorageOperation.Read && c.ShortName.EndsWith(".avro", StringComparison.Ordinal), CallFate.After(async () =>
        {
            most = Math.Max(most, ++running);
            await Task.Delay(TimeSpan.FromMilliseconds(10), world.Time);
            running--;
        }));
        TimeSpan began = world.Time.Elapsed;

        await admin.Log.Streams.DeleteAsync(Orders, default);

        Assert.Equal(16, most);
        Assert.True(world.Time.Elapsed - began < TimeSpan.FromSeconds(5), $"{world.Time.Elapsed - began}");
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_deletion_that_broke_off_at_any_storage_call_is_finished_by_maintenance(bool applied)
    {
        bool survived = false;
        for (int call = 1; !survived; call++)
        {
            World.Play(async world =>
            {
                await FillAsync(world, partitions: 2, appends: 6);
                await world.Start().MaintainDueAsync();
                Instance first = world.Start(Hasty);
                first.Storage.When(c => c.Number == call, applied ? CallFate.CrashAfter : CallFate.CrashBefore);
                survived = await first.SurvivesAsync(first.Log.Streams.DeleteAsync(Orders, default));
                bool isActive = await IsActiveAsync(world);

                await world.Start().MaintainDueAsync();

                Assert.Equal(isActive, (await world.NamesAsync()).Count > 0);
                Assert.Equal(isActive ? 1 : 0, (await world.Start().Log.Streams.ListAsync(null, 10, default)).Streams.Count);
            });
        }
    }

    private static async Task<(Instance Writer, StreamDescription Stream)> FillAsync(World world, int partitions, int appends)
    {
        Instance writer = world.Start(Hasty);
        StreamDescription stream = await writer.CreateAsync("orders", Options.Partitioned(partitions));
        for (int i = 0; i < appends; i++)
        {
            await writer.AppendAsync(stream, [new Posted($"{i}")], target: i % partitions);
        }

        await writer.Log.DrainAsync(default);
        return (writer, stream);
    }

    private static async Task<string[]> SegmentsAsync(World world) =>
        [.. (await world.NamesAsync()).Where(n => n.EndsWith(".avro", StringComparison.Ordinal))];

    private static async Task<string> TellAsync(Instance instance, StreamDescription stream)
    {
        try
        {
            return $"{await instance.AppendAsync(stream, "x")}";
        }
        catch (HeadwaterException refused)
        {
            return $"{refused.Code}";
        }
    }

    private static async Task<bool> IsActiveAsync(World world)
    {
        try
        {
            await world.Start().GetAsync();
            return true;
        }
        catch (HeadwaterException gone) when (gone.Code == ErrorCode.StreamNotFound)
        {
            return false;
        }
    }
}
