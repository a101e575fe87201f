using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Read;

public sealed class LongPollTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);

    [Fact]
    public void A_waiter_is_woken_at_once_by_an_append_of_its_own_process() => World.Play(async world =>
    {
        (Instance reader, _, StreamDescription stream) = await StartAsync(world);
        Task<Page> waiting = WaitAsync(reader, stream);
        await world.QuietAsync();
        TimeSpan before = world.Time.Elapsed;

        await reader.AppendAsync(stream, "new");
        Page page = await waiting;

        Assert.Equal(["new"], page.Values);
        Assert.Equal(before, world.Time.Elapsed);
    });

    [Fact]
    public void A_waiter_is_woken_within_a_second_by_an_append_of_another_process() => World.Play(async world =>
    {
        (Instance reader, Instance writer, StreamDescription stream) = await StartAsync(world);
        Task<Page> waiting = WaitAsync(reader, stream);
        await AdvanceAsync(world, TimeSpan.FromSeconds(10)); // By then the watcher polls less often.
        TimeSpan before = world.Time.Elapsed;

        await writer.AppendAsync(stream, "new");
        Page page = await waiting;

        Assert.Equal(["new"], page.Values);
        Assert.InRange(world.Time.Elapsed - before, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    });

    [Fact]
    public void A_waiter_whose_time_is_up_gets_an_empty_page() => World.Play(async world =>
    {
        (Instance reader, _, StreamDescription stream) = await StartAsync(world);
        TimeSpan before = world.Time.Elapsed;

        Page page = await WaitAsync(reader, stream);

        Assert.Empty(page.Events);
        Assert.Equal((2, 2), (page.Next.Value, page.LogEnd.Value));
        Assert.InRange(world.Time.Elapsed - before, Wait, Wait + TimeSpan.FromMilliseconds(50));
    });

    [Fact]
    public void A_reader_with_something_to_read_does_not_wait() => World.Play(async world =>
    {
        (Instance reader, _, StreamDescription stream) = await StartAsync(world);
        TimeSpan before = world.Time.Elapsed;

        await WaitAsync(reader, stream, from: 1);

        Assert.Equal(before, world.Time.Elapsed);
    });

    [Fact]
    public void What_another_process_appended_before_is_found_without_waiting() => World.Play(async world =>
    {
        (Instance reader, Instance writer, StreamDescription stream) = await StartAsync(world);
        await writer.AppendAsync(stream, "new");
        TimeSpan before = world.Time.Elapsed;

        Page page = await WaitAsync(reader, stream);

        Assert.Equal(["new"], page.Values);
        Assert.Equal(before, world.Time.Elapsed);
    });

    [Fact]
    public void An_idle_waiter_costs_about_a_read_a_second() => World.Play(async world =>
    {
        (Instance reader, _, StreamDescription stream) = await StartAsync(world);
        reader.Storage.Clear();

        await WaitAsync(reader, stream);

        Assert.InRange(reader.Storage.Calls.Count, 20, 32);
        Assert.All(reader.Storage.Calls, c => Assert.Equal(StorageOperation.Read, c.Operation));
    });

    [Fact]
    public void Many_waiters_share_one_watcher() => World.Play(async world =>
    {
        (Instance reader, _, StreamDescription stream) = await StartAsync(world);
        reader.Storage.Clear();
        Task<Page>[] waiting = [.. Enumerable.Range(0, 50).Select(_ => WaitAsync(reader, stream))];
        await world.QuietAsync();
        int asking = reader.Storage.Calls.Count; // Each reader asks storage once before it waits.

        await Task.WhenAll(waiting);

        Assert.Equal(50, asking);
        Assert.InRange(reader.Storage.Calls.Count - asking, 20, 32);
    });

    [Fact]
    public void All_waiters_are_woken_by_one_append() => World.Play(async world =>
    {
        (Instance reader, Instance writer, StreamDescription stream) = await StartAsync(world);
        Task<Page>[] waiting = [.. Enumerable.Range(0, 50).Select(_ => WaitAsync(reader, stream))];
        await world.QuietAsync();

        await writer.AppendAsync(stream, "new");

        Assert.All(await Task.WhenAll(waiting), page => Assert.Equal(["new"], page.Values));
    });

    [Fact]
    public void Nothing_is_asked_when_nobody_waits_any_more() => World.Play(async world =>
    {
        (Instance reader, _, StreamDescription stream) = await StartAsync(world);
        await WaitAsync(reader, stream);
        await AdvanceAsync(world, TimeSpan.FromSeconds(2));
        reader.Storage.Clear();

        await AdvanceAsync(world, TimeSpan.FromMinutes(5));

        Assert.Empty(reader.Storage.Calls);
    });

    [Fact]
    public void A_waiter_that_goes_away_is_answered_at_once_and_leaves_the_others_waiting() => World.Play(async world =>
    {
        (Instance reader, Instance writer, StreamDescription stream) = await StartAsync(world);
        using var client = new CancellationTokenSource();
        Task<Page> leaving = WaitAsync(reader, stream, cancellation: client.Token);
        Task<Page> staying = WaitAsync(reader, stream);
        await world.QuietAsync();

        client.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        await writer.AppendAsync(stream, "new");
        Assert.Equal(["new"], (await staying).Values);
    });

    [Fact]
    public void Each_waiter_waits_its_own_time() => World.Play(async world =>
    {
        (Instance reader, _, StreamDescription stream) = await StartAsync(world);
        TimeSpan before = world.Time.Elapsed;
        Task<Page> longer = WaitAsync(reader, stream);
        Task<Page> shorter = WaitAsync(reader, stream, wait: TimeSpan.FromSeconds(3));

        await shorter;

        Assert.InRange(world.Time.Elapsed - before, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3.1));
        Assert.False(longer.IsCompleted);
        await longer;
    });

    [Fact]
    public void A_waiter_that_comes_while_watching_has_slowed_down_waits_no_longer_than_it_asked() => World.Play(async world =>
    {
        (Instance reader, _, StreamDescription stream) = await StartAsync(world);
        Task<Page> longer = WaitAsync(reader, stream);
        await AdvanceAsync(world, TimeSpan.FromSeconds(10.02));
        TimeSpan before = world.Time.Elapsed;

        await WaitAsync(reader, stream, wait: TimeSpan.FromMilliseconds(100));

        Assert.InRange(world.Time.Elapsed - before, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(150));
        await longer;
    });

    [Fact]
    public void A_waiter_at_the_latest_gets_what_comes() => World.Play(async world =>
    {
        (Instance reader, Instance writer, StreamDescription stream) = await StartAsync(world);
        Task<Page> waiting = reader.ReadAsync(stream, ReadFrom.Latest, wait: Wait);
        await world.QuietAsync();

        await writer.AppendAsync(stream, "new");

        Assert.Equal(["new"], (await waiting).Values);
    });

    [Fact]
    public void A_waiter_gets_what_comes_in_a_new_segment() => World.Play(async world =>
    {
        (Instance reader, _, StreamDescription stream) = await StartAsync(world);
        Instance roller = world.Start(LogOptions.Default with { SegmentAppends = 2 });
        Task<Page> waiting = WaitAsync(reader, stream);
        await world.QuietAsync();

        await roller.AppendAsync(stream, "new");

        Assert.Equal(["new"], (await waiting).Values);
        Assert.Equal([0, 2], await Audit.PartitionAsync(world, stream));
    });

    [Fact]
    public void A_waiter_is_told_when_storage_cannot_be_asked() => World.Play(async world =>
    {
        (Instance reader, _, StreamDescription stream) = await StartAsync(world);
        Task<Page> waiting = WaitAsync(reader, stream);
        await world.QuietAsync();
        reader.Storage.Next(StorageOperation.Read, CallFate.LostBefore);

        await Assert.ThrowsAsync<Ports.StorageException>(() => waiting);
    });

    [Fact]
    public void Watching_goes_on_for_the_next_waiter_after_storage_could_not_be_asked() => World.Play(async world =>
    {
        (Instance reader, Instance writer, StreamDescription stream) = await StartAsync(world);
        Task<Page> waiting = WaitAsync(reader, stream);
        await world.QuietAsync();
        reader.Storage.Next(StorageOperation.Read, CallFate.LostBefore);
        await Assert.ThrowsAsync<Ports.StorageException>(() => waiting);
        Task<Page> next = WaitAsync(reader, stream);
        await world.QuietAsync();

        await writer.AppendAsync(stream, "new");

        Assert.Equal(["new"], (await next).Values);
    });

    [Fact]
    public void A_poll_of_storage_that_hangs_makes_no_wait_longer() => World.Play(async world =>
    {
        (Instance reader, _, StreamDescription stream) = await StartAsync(world);
        TimeSpan before = world.Time.Elapsed;
        Task<Page> waiting = WaitAsync(reader, stream);
        await world.QuietAsync();
        reader.Storage.Every(c => c.Operation == StorageOperation.Read, CallFate.HeldUntil(Task.Delay(TimeSpan.FromSeconds(70), world.Time)));

        Assert.Empty((await waiting).Events);
        Assert.InRange(world.Time.Elapsed - before, Wait, Wait + TimeSpan.FromMilliseconds(50));
    });

    [Fact]
    public void All_who_wait_are_answered_at_once_without_events_when_the_process_stops() => World.Play(async world =>
    {
        (Instance reader, _, StreamDescription stream) = await StartAsync(world);
        Task<Page>[] waiting = [.. Enumerable.Range(0, 50).Select(_ => WaitAsync(reader, stream))];
        await world.QuietAsync();
        TimeSpan before = world.Time.Elapsed;

        reader.Log.StopWaiting();

        Assert.All(await Task.WhenAll(waiting), page => Assert.Equal((0, 2), (page.Events.Count, page.Next.Value)));
        Assert.Equal(before, world.Time.Elapsed);
    });

    [Fact]
    public void A_raw_read_that_waits_is_answered_at_once_when_the_process_stops() => World.Play(async world =>
    {
        (Instance reader, _, StreamDescription stream) = await StartAsync(world);
        Task<RawPage> waiting = reader.Log.ReadRawAsync(stream, new ReadRequest(new PartitionId(0), ReadFrom.At(new Offset(2)), 10, 1000, Wait), default);
        await world.QuietAsync();
        TimeSpan before = world.Time.Elapsed;

        reader.Log.StopWaiting();

        using RawPage page = await waiting;
        Assert.True(page.Blocks.IsEmpty);
        Assert.Equal(before, world.Time.Elapsed);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(256 << 20)]
    public void Whoever_comes_after_the_process_began_to_stop_does_not_wait(long openBytes) => World.Play(async world =>
    {
        Instance reader = world.Start(LogOptions.Default with { OpenPartitionBytes = openBytes });
        StreamDescription stream = await reader.CreateAsync(settings: Options.Partitioned(2));
        await reader.ReadAsync(stream);
        TimeSpan before = world.Time.Elapsed;

        reader.Log.StopWaiting();

        for (int partition = 0; partition < 2; partition++)
        {
            Assert.Empty((await reader.ReadAsync(stream, ReadFrom.Latest, partition: partition, wait: Wait)).Events);
        }

        Assert.Equal(before, world.Time.Elapsed);
    });

    /// <summary>Two events, a reader that knows the end, and another instance.</summary>
    private static async Task<(Instance Reader, Instance Writer, StreamDescription Stream)> StartAsync(World world)
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync();
        await writer.AppendAsync(stream, "a", "b");
        Instance reader = world.Start();
        await reader.ReadAllAsync(stream);
        return (reader, writer, stream);
    }

    private static Task<Page> WaitAsync(
        Instance reader,
        StreamDescription stream,
        long from = 2,
        TimeSpan? wait = null,
        CancellationToken cancellation = default) =>
        reader.ReadAsync(stream, ReadFrom.At(new Offset(from)), wait: wait ?? Wait, cancellation: cancellation);

    /// <summary>Advances time in small steps and lets everything continue after each step.</summary>
    private static async Task AdvanceAsync(World world, TimeSpan by)
    {
        TimeSpan until = world.Time.Elapsed + by;
        while (world.Time.Elapsed < until)
        {
            world.Time.Advance(TimeSpan.FromMilliseconds(10));
            await world.QuietAsync();
        }
    }
}
