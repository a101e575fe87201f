using Headwater.Contracts.Errors;
using Headwater.Log.Model;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Streams;

public sealed class DeletionTests
{
    private static readonly StreamName Orders = StreamName.Parse("orders");

    [Fact]
    public void A_deleted_stream_leaves_no_blob() => World.Play(async world =>
    {
        Instance instance = world.Start(Options.RollsOften);
        StreamDescription stream = await instance.CreateAsync("orders", Options.Partitioned(3));
        for (int i = 0; i < 10; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        await instance.Log.StartProducerAsync(stream, "p", default);
        await instance.Log.DrainAsync(default);

        await world.Start().Log.Streams.DeleteAsync(Orders, default);

        Assert.Empty(await world.NamesAsync());
    });

    [Fact]
    public void A_deleted_stream_is_not_found() => World.Play(async world =>
    {
        Instance instance = world.Start();
        await instance.CreateAsync();
        await instance.Log.Streams.DeleteAsync(Orders, default);

        await instance.GetAsync().IsRefusedAsync(ErrorCode.StreamNotFound);
    });

    [Fact]
    public void A_stream_that_is_not_there_cannot_be_deleted() => World.Play(async world =>
        await world.Start().Log.Streams.DeleteAsync(Orders, default).IsRefusedAsync(ErrorCode.StreamNotFound));

    [Fact]
    public void Deleting_one_stream_leaves_one_whose_name_begins_with_the_same_letters() => World.Play(async world =>
    {
        Instance instance = world.Start();
        await instance.CreateAsync("orders");
        StreamDescription other = await instance.CreateAsync("orders-eu");
        await instance.AppendAsync(other, "kept");

        await instance.Log.Streams.DeleteAsync(Orders, default);

        Assert.Equal(["kept"], await world.Start().ValuesAsync(other));
    });

    [Fact]
    public void Of_two_deletions_at_once_both_succeed() => World.Play(async world =>
    {
        await world.Start().CreateAsync();
        Instance slow = world.Start();
        slow.Storage.Next(StorageOperation.Write, CallFate.After(() => world.Start().Log.Streams.DeleteAsync(Orders, default)));

        await slow.Log.Streams.DeleteAsync(Orders, default);

        Assert.Empty(await world.NamesAsync());
    });

    [Fact]
    public void A_slow_deletion_harms_nothing_of_a_stream_created_meanwhile() => World.Play(async world =>
    {
        await world.Start().CreateAsync();
        Instance slow = world.Start();
        Instance quick = world.Start();
        StreamDescription? recreated = null;
        slow.Storage.Next(StorageOperation.List, CallFate.After(async () =>
        {
            await quick.Log.Streams.DeleteAsync(Orders, default);
            recreated = await quick.CreateAsync();
            await quick.AppendAsync(recreated, "new");
        }));

        await slow.Log.Streams.DeleteAsync(Orders, default);

        Assert.Equal(["new"], await world.Start().ValuesAsync(await world.Start().GetAsync()));
        Assert.Equal([recreated!.StreamId], (await world.Start().Log.Streams.ListAsync(null, 9, default)).Streams.Select(s => s.StreamId));
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_deletion_that_broke_off_at_any_storage_call_is_finished_by_the_next_one(bool applied)
    {
        bool survived = false;
        for (int call = 1; !survived; call++)
        {
            World.Play(async world =>
            {
                survived = await DeleteUntilAsync(world, call, applied);

                await FinishDeletionAsync(world);

                Assert.Empty(await world.NamesAsync());
                Assert.Empty((await world.Start().Log.Streams.ListAsync(null, 10, default)).Streams);
            });
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_deletion_that_broke_off_at_any_storage_call_makes_way_for_a_new_stream(bool applied)
    {
        bool survived = false;
        for (int call = 1; !survived; call++)
        {
            World.Play(async world =>
            {
                survived = await DeleteUntilAsync(world, call, applied);
                Instance next = world.Start();
                if (await IsThereAsync(world))
                {
                    await next.Log.Streams.DeleteAsync(Orders, default);
                }

                StreamDescription stream = await next.CreateAsync("orders", Options.Partitioned(3));

                await next.AppendAsync(stream, "new");
                Assert.Equal(["new"], await world.Start().ValuesAsync(stream));
                Assert.All(
                    await world.NamesAsync(),
                    name => Assert.True(name == "orders/stream.json" || name.Contains(stream.StreamId, StringComparison.Ordinal), name));
                Assert.Equal([stream.StreamId], (await world.Start().Log.Streams.ListAsync(null, 9, default)).Streams.Select(s => s.StreamId));
            });
        }
    }

    private static async Task<bool> DeleteUntilAsync(World world, int call, bool applied)
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync("orders", Options.Partitioned(2));
        await writer.AppendAsync(stream, "old");
        Instance first = world.Start();
        first.Storage.When(c => c.Number == call, applied ? CallFate.CrashAfter : CallFate.CrashBefore);
        return await first.SurvivesAsync(first.Log.Streams.DeleteAsync(Orders, default));
    }

    private static async Task FinishDeletionAsync(World world)
    {
        try
        {
            await world.Start().Log.Streams.DeleteAsync(Orders, default);
        }
        catch (HeadwaterException done) when (done.Code == ErrorCode.StreamNotFound)
        {
            // The interrupted deletion had already removed the document.
        }
    }

    private static async Task<bool> IsThereAsync(World world)
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
