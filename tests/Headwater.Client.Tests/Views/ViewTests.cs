using Headwater.Core.Positions;

namespace Headwater.Client.Tests;

/// <summary>Views against a local host.</summary>
public sealed class ViewTests(RunningLog log)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ViewOptions Options => new() { Name = "flights", Version = 1 };

    [Fact]
    public async Task A_view_of_an_entity_stream_shows_the_latest_value_of_each_key_without_deleted_ones()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 4, isEntity: true);
        await flights.AppendAsync([new("a", new("ABQ", 1)), new("b", new("SFO", 2)), new("a", new("ABQ", 3)), new("b", null)], cancellation: Cancellation);

        await using View<string, Flight> view = await flights.Latest().StartAsync(Options, Cancellation);

        Assert.Equal([new("a", new Flight("ABQ", 3))], view.Scan());
        Assert.Equal(RebuildReason.NothingStored, view.Origin.Reason);
    }

    [Fact]
    public async Task A_view_shows_an_append_when_it_has_waited_for_it()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 3, isEntity: true);
        await using View<string, Flight> view = await flights.Latest().StartAsync(Options, Cancellation);

        for (int i = 0; i < 20; i++)
        {
            AppendResult appended = await flights.AppendAsync([new("a", new("ABQ", i)), new("b", new("SFO", i)), new("c", null)], cancellation: Cancellation);
            await view.WaitForAsync(appended, Cancellation);
            Assert.Equal((await flights.DescribeAsync(Cancellation)).StreamId, appended.StreamId);
            Assert.Equal(i, view.Get("a")!.Delay);
            Assert.Equal(i, view.Get("b")!.Delay);
        }
    }

    [Fact]
    public async Task A_range_has_the_rows_from_its_first_key_up_to_its_end_in_key_order()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 4, isEntity: true);
        await flights.AppendAsync([.. "hcagbfde".Select(c => new NewEvent<Flight>($"{c}", new($"{c}", 0)))], cancellation: Cancellation);
        await using View<string, Flight> view = await flights.Latest().StartAsync(Options, Cancellation);

        Assert.Equal("abcdefgh", string.Concat(view.Scan().Select(r => r.Key)));
        Assert.Equal("cde", string.Concat(view.Range("bb", "f").Select(r => r.Key)));
        Assert.Equal("fgh", string.Concat(view.From("f").Select(r => r.Key)));
        Assert.Equal(8, view.Count);
    }

    [Fact]
    public async Task Folds_count_sum_and_keep_the_last_value_of_each_key()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 4);
        await flights.AppendAsync(
            [.. Enumerable.Range(0, 100).Select(i => new NewEvent<Flight>($"k{i % 7}", new(i % 2 == 0 ? "ABQ" : "SFO", i)))], cancellation: Cancellation);

        await using View<string, long> counts = await flights.Count().StartAsync(Options, Cancellation);
        await using View<string, decimal> sums = await flights
            .Sum(ViewKeys.Text, e => e.Value!.Origin, e => e.Value!.Delay!.Value)
            .StartAsync(Options, Cancellation);
        await using View<string, Flight> last = await flights.Last().StartAsync(Options, Cancellation);

        Assert.Equal(100, counts.Scan().Sum(r => r.Value));
        Assert.Equal(15, counts.Get("k0"));
        Assert.Equal([new("ABQ", 2450m), new("SFO", 2500m)], sums.Scan());
        Assert.Equal(98, last.Get("k0")!.Delay);
    }

    [Fact]
    public async Task A_fold_that_throws_ends_the_view_and_its_rows_stay()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 1);
        await flights.AppendAsync([new("a", new("ABQ", 1))], cancellation: Cancellation);
        ViewDefinition<string, Flight> definition = flights.Fold<Flight, Flight>(
            flights.Scope.Values, (_, item) => item.Value!.Delay == 13 ? throw new ArithmeticException() : item.Value);
        await using View<string, Flight> view = await definition.StartAsync(Options, Cancellation);

        AppendResult appended = await flights.AppendAsync([new("a", new("ABQ", 13))], cancellation: Cancellation);

        await Assert.ThrowsAsync<ArithmeticException>(() => view.WaitForAsync(appended, Cancellation));
        await Assert.ThrowsAsync<ArithmeticException>(() => view.Completion);
        Assert.Equal(1, view.Get("a")!.Delay);
        Assert.Equal([new EventPosition(new PartitionId(0), new Offset(1))], view.Positions(flights.Name));
    }

    [Fact]
    public async Task A_stream_that_is_created_again_is_read_from_its_start_while_the_view_serves()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 2, isEntity: true);
        await flights.AppendAsync([new("a", new("ABQ", 1)), new("b", new("SFO", 1))], cancellation: Cancellation);
        await using View<string, Flight> view = await flights.Latest().StartAsync(Options, Cancellation);

        await flights.DeleteAsync(Cancellation);
        await flights.EnsureAsync(new StreamSettings { Partitions = 2, IsEntity = true }, Cancellation);
        await flights.AppendAsync([new("a", new("ABQ", 2))], cancellation: Cancellation);
        while (view.TryGet("b", out _))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
        }

        Assert.Equal([new("a", new Flight("ABQ", 2))], view.Scan());
    }

    private async Task<EventStream<Flight>> NewAsync(int partitions, bool isEntity = false)
    {
        EventStream<Flight> flights = log.NewFlights();
        await flights.EnsureAsync(new StreamSettings { Partitions = partitions, IsEntity = isEntity }, Cancellation);
        return flights;
    }
}
