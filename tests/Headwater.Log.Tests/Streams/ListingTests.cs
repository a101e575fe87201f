using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Streams;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Streams;

public sealed class ListingTests
{
    [Fact]
    public void Streams_are_listed_in_name_order() => World.Play(async world =>
    {
        await CreateAsync(world, "c", "a", "b");

        StreamPage page = await world.Start().Log.Streams.ListAsync(null, 10, default);

        Assert.Equal(["a", "b", "c"], Names(page));
        Assert.Null(page.Next);
    });

    [Fact]
    public void A_long_list_comes_in_pages() => World.Play(async world =>
    {
        await CreateAsync(world, "a", "b", "c", "d", "e");
        Instance reader = world.Start();
        var pages = new List<string>();
        string? after = null;
        do
        {
            StreamPage page = await reader.Log.Streams.ListAsync(after, 2, default);
            pages.Add(string.Join(',', Names(page)));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(["a,b", "c,d", "e"], pages);
    });

    [Fact]
    public void No_streams_make_an_empty_list() => World.Play(async world =>
        Assert.Empty((await world.Start().Log.Streams.ListAsync(null, 10, default)).Streams));

    [Fact]
    public void A_lost_table_is_made_again_from_the_blobs() => World.Play(async world =>
    {
        await CreateAsync(world, "a", "b", "c");
        world.Tables.Clear();

        StreamPage page = await world.Start().Log.Streams.ListAsync(null, 10, default);

        Assert.Equal(["a", "b", "c"], Names(page));
    });

    [Fact]
    public void A_table_lost_after_a_list_is_made_again_within_a_minute() => World.Play(async world =>
    {
        await CreateAsync(world, "a", "b");
        Instance reader = world.Start();
        await reader.Log.Streams.ListAsync(null, 10, default);
        world.Tables.Clear();
        world.Time.Advance(TimeSpan.FromMinutes(1));

        StreamPage page = await reader.Log.Streams.ListAsync(null, 10, default);

        Assert.Equal(["a", "b"], Names(page));
    });

    [Fact]
    public void A_table_whose_rebuilding_broke_off_is_made_again_whole() => World.Play(async world =>
    {
        await CreateAsync(world, "a", "b");
        world.Tables.Clear();
        Instance first = world.Start();
        first.Storage.Next(StorageOperation.ApplyRows, CallFate.CrashAfter);
        await first.SurvivesAsync(first.Log.Streams.ListAsync(null, 10, default));

        StreamPage page = await world.Start().Log.Streams.ListAsync(null, 10, default);

        Assert.Equal(["a", "b"], Names(page));
    });

    [Fact]
    public void A_table_is_made_again_from_blobs_in_many_pages() => World.Play(async world =>
    {
        string[] names = [.. Enumerable.Range(0, 250).Select(i => $"s{i:D3}")];
        await CreateAsync(world, names);
        world.Tables.Clear();

        StreamPage page = await world.Start().Log.Streams.ListAsync(null, 300, default);

        Assert.Equal(names, Names(page));
    });

    [Fact]
    public void A_creation_that_broke_off_is_not_listed() => World.Play(async world =>
    {
        Instance first = world.Start();
        first.Storage.When(c => c.Operation == StorageOperation.Write, CallFate.CrashBefore);
        await first.SurvivesAsync(first.CreateAsync());

        Assert.Empty((await world.Start().Log.Streams.ListAsync(null, 10, default)).Streams);
    });

    [Fact]
    public void A_deletion_that_broke_off_is_not_listed() => World.Play(async world =>
    {
        await CreateAsync(world, "orders");
        Instance first = world.Start();
        first.Storage.When(c => c.Operation == StorageOperation.Delete, CallFate.CrashBefore);
        await first.SurvivesAsync(first.Log.Streams.DeleteAsync(StreamName.Parse("orders"), default));

        Assert.Empty((await world.Start().Log.Streams.ListAsync(null, 10, default)).Streams);
    });

    [Fact]
    public void Names_without_a_stream_do_not_end_the_pages_early() => World.Play(async world =>
    {
        await CreateAsync(world, "c");
        foreach (string name in new[] { "a", "b" })
        {
            Instance broken = world.Start();
            broken.Storage.When(c => c.Operation == StorageOperation.Write, CallFate.CrashBefore);
            await broken.SurvivesAsync(broken.CreateAsync(name));
        }

        Instance reader = world.Start();
        StreamPage first = await reader.Log.Streams.ListAsync(null, 2, default);
        StreamPage second = await reader.Log.Streams.ListAsync(first.Next, 2, default);

        Assert.Equal(["c"], Names(first).Concat(Names(second)));
    });

    [Fact]
    public void Listing_streams_known_here_costs_one_query() => World.Play(async world =>
    {
        await CreateAsync(world, "a", "b", "c");
        Instance reader = world.Start();
        await reader.Log.Streams.ListAsync(null, 10, default);
        reader.Storage.Clear();

        await reader.Log.Streams.ListAsync(null, 10, default);

        Assert.Equal([StorageOperation.QueryRows], reader.Storage.Calls.Select(c => c.Operation));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_write_of_rebuilding_that_lands_after_the_table_was_lost_again_hides_no_stream(int which) => World.Play(async world =>
    {
        await CreateAsync(world, "a", "b");
        world.Tables.Clear();
        var gate = new TaskCompletionSource();
        int writes = 0;
        Instance first = world.Start();
        first.Storage.When(c => c.Operation == StorageOperation.ApplyRows && ++writes == which, CallFate.LandsAfter(gate.Task));
        await Assert.ThrowsAsync<StorageException>(() => first.Log.Streams.ListAsync(null, 10, default));
        world.Tables.Clear();
        gate.SetResult();
        await world.QuietAsync();

        StreamPage page = await world.Start().Log.Streams.ListAsync(null, 10, default);

        Assert.Equal(["a", "b"], Names(page));
    });

    [Fact]
    public void A_table_lost_while_it_is_made_again_is_made_again_whole() => World.Play(async world =>
    {
        await CreateAsync(world, [.. Enumerable.Range(0, 150).Select(i => $"s{i:D3}")]);
        world.Tables.Clear();
        int writes = 0;
        Instance first = world.Start();
        first.Storage.When(c => c.Operation == StorageOperation.ApplyRows && ++writes == 3, CallFate.After(() => Lose(world)));
        await first.Log.Streams.ListAsync(null, 1000, default);

        StreamPage page = await world.Start().Log.Streams.ListAsync(null, 1000, default);

        Assert.Equal(150, page.Streams.Count);
    });

    [Fact]
    public void Two_that_make_a_table_again_at_once_both_list_everything() => World.Play(async world =>
    {
        await CreateAsync(world, "a", "b");
        world.Tables.Clear();
        int writes = 0;
        StreamPage? second = null;
        Instance first = world.Start();
        first.Storage.When(
            c => c.Operation == StorageOperation.ApplyRows && ++writes == 2,
            CallFate.After(async () => second = await world.Start().Log.Streams.ListAsync(null, 10, default)));

        StreamPage page = await first.Log.Streams.ListAsync(null, 10, default);

        Assert.Equal(["a", "b", "a", "b"], Names(page).Concat(Names(second!)));
    });

    [Fact]
    public void A_removal_that_lands_after_the_stream_was_created_anew_does_not_hide_it() => World.Play(async world =>
    {
        await CreateAsync(world, "a", "b");
        await world.Start().Log.Streams.ListAsync(null, 10, default);
        var gate = new TaskCompletionSource();
        Instance first = world.Start();
        first.Storage.Next(StorageOperation.ApplyRows, CallFate.LandsAfter(gate.Task));
        await Assert.ThrowsAsync<StorageException>(() => first.Log.Streams.DeleteAsync(StreamName.Parse("a"), default));
        await CreateAsync(world, "a");
        gate.SetResult();
        await world.QuietAsync();

        StreamPage page = await world.Start().Log.Streams.ListAsync(null, 10, default);

        Assert.Equal(["a", "b"], Names(page));
    });

    [Fact]
    public void A_name_that_is_missing_all_the_same_is_found_by_the_daily_sweep() => World.Play(async world =>
    {
        await CreateAsync(world, "a", "b");
        await world.Start().MaintainDueAsync();
        await world.Tables.ApplyAsync("streams", "names", [new RowChange(RowChangeKind.Delete, "a", new Dictionary<string, object>(), "*")], default);
        await Task.Delay(TimeSpan.FromDays(1), world.Time);
        await world.Start().MaintainDueAsync(MaintenanceWork.Sweep);

        StreamPage page = await world.Start().Log.Streams.ListAsync(null, 10, default);

        Assert.Equal(["a", "b"], Names(page));
    });

    private static Task Lose(World world)
    {
        world.Tables.Clear();
        return Task.CompletedTask;
    }

    private static async Task CreateAsync(World world, params string[] names)
    {
        Instance instance = world.Start();
        foreach (string name in names)
        {
            await instance.CreateAsync(name);
        }
    }

    private static IEnumerable<string> Names(StreamPage page) => page.Streams.Select(s => s.Name.Value);
}
