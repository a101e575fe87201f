using System.Text.Json;
using Headwater.Core.Partitioning;

namespace Headwater.Client.Tests;

/// <summary>Producers against a local host.</summary>
public sealed class ProducerTests(RunningLog log)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_event_gets_its_own_position()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 3);
        await using Producer<Flight> producer = await flights.StartProducerAsync(cancellation: Cancellation);

        Task<AppendedEvent>[] results = await EnqueueAsync(producer, 200);
        await producer.FlushAsync(Cancellation);
        AppendedEvent[] places = await Task.WhenAll(results);

        Dictionary<EventPosition, Flight> stored = await flights.ReadAsync(cancellation: Cancellation)
            .ToDictionaryAsync(e => e.Position, e => e.Value!, cancellationToken: Cancellation);
        Assert.Equal(200, stored.Count);
        Assert.All(places.Index(), p => Assert.Equal(p.Index, stored[new EventPosition(p.Item.Partition, p.Item.Offset!.Value)].Delay));
        Assert.All(places.Index(), p => Assert.Equal(KeyPartitioner.For($"k{p.Index % 10}", 3), p.Item.Partition));
    }

    [Fact]
    public async Task An_event_is_stored_after_the_linger_time_without_a_flush()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 1);
        await using Producer<Flight> producer = await flights.StartProducerAsync(cancellation: Cancellation);

        AppendedEvent stored = await producer.AppendAsync(new("k", new Flight("ABQ", 1)), Cancellation);

        Assert.Equal(0, stored.Offset!.Value.Value);
    }

    [Fact]
    public async Task Disposing_a_producer_stores_what_waits()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 4);
        await using (Producer<Flight> producer = await flights.StartProducerAsync(new ProducerOptions { Linger = TimeSpan.FromHours(1) }, Cancellation))
        {
            await EnqueueAsync(producer, 100);
        }

        Assert.Equal(100, await flights.ReadAsync(cancellation: Cancellation).CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_refused_event_fails_alone()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 1);
        EventStream<JsonElement> untyped = log.Client.Stream(flights.Name);
        await using Producer<JsonElement> producer = await untyped.StartProducerAsync(new ProducerOptions { Linger = TimeSpan.FromHours(1) }, Cancellation);

        Task<AppendedEvent> good = await producer.EnqueueAsync(new("a", JsonElement.Parse("""{"origin":"ABQ"}""")), Cancellation);
        Task<AppendedEvent> bad = await producer.EnqueueAsync(new("b", JsonElement.Parse("""{"origin":1}""")), Cancellation);
        Task<AppendedEvent> last = await producer.EnqueueAsync(new("c", JsonElement.Parse("""{"origin":"SFO"}""")), Cancellation);
        HeadwaterException flushed = await Assert.ThrowsAsync<HeadwaterException>(() => producer.FlushAsync(Cancellation));

        HeadwaterException refused = await Assert.ThrowsAsync<HeadwaterException>(() => bad);
        Assert.Equal(("event_invalid", Appended.No, "event_invalid"), (refused.Code, refused.Appended, flushed.Code));
        Assert.Contains("/value/origin", refused.Message, StringComparison.Ordinal);
        Assert.Equal((0L, 1L), ((await good).Offset!.Value.Value, (await last).Offset!.Value.Value));
    }

    [Fact]
    public async Task An_event_beyond_the_buffer_waits_for_room()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 1);
        await using Producer<Flight> producer = await flights.StartProducerAsync(
            new ProducerOptions { Linger = TimeSpan.FromHours(1), BufferBytes = 500 }, Cancellation);

        Task<AppendedEvent>[] results = await EnqueueAsync(producer, 100); // More than 500 bytes: each batch makes room for the next.
        await producer.FlushAsync(Cancellation);

        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), (await Task.WhenAll(results)).Select(r => r.Offset!.Value.Value));
    }

    [Fact]
    public async Task A_type_that_does_not_fit_the_schema_is_refused_at_the_start()
    {
        EventStream<JsonElement> other = log.Client.Stream(log.NewFlights().Name);
        await other.CreateAsync(new StreamSettings { Schema = """{"type":"record","name":"F","fields":[{"name":"place","type":"string"}]}""" }, Cancellation);

        HeadwaterException mismatch = await Assert.ThrowsAsync<HeadwaterException>(
            () => log.Client.Stream(other.Name, FlightJson.Default.Flight).StartProducerAsync(cancellation: Cancellation));

        Assert.Equal(HeadwaterException.TypeMismatch, mismatch.Code);
        Assert.Contains("/origin: the stream has no such field.", mismatch.Message, StringComparison.Ordinal);
        Assert.Contains("/place: the stream requires this field", mismatch.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_producer_with_the_id_fences_the_older_one()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 1);
        Producer<Flight> old = await flights.StartProducerAsync(new ProducerOptions { ProducerId = "p" }, Cancellation);
        await old.AppendAsync(new("k", new Flight("ABQ", 1)), Cancellation);
        await using Producer<Flight> successor = await flights.StartProducerAsync(new ProducerOptions { ProducerId = "p" }, Cancellation);
        await successor.AppendAsync(new("k", new Flight("ABQ", 2)), Cancellation);

        HeadwaterException fenced = await Assert.ThrowsAsync<HeadwaterException>(() => old.AppendAsync(new("k", new Flight("ABQ", 3)), Cancellation));
        HeadwaterException broken = await Assert.ThrowsAsync<HeadwaterException>(() => old.AppendAsync(new("k", new Flight("ABQ", 4)), Cancellation));

        Assert.Equal(("stale_epoch", "stale_epoch"), (fenced.Code, broken.Code));
        int[] stored = await flights.ReadAsync(cancellation: Cancellation).Select(e => e.Value!.Delay!.Value).ToArrayAsync(Cancellation);
        Assert.Equal([1, 2], stored);
    }

    [Fact]
    public async Task A_producer_of_a_stream_that_was_deleted_and_created_again_stores_nothing()
    {
        EventStream<Flight> flights = await NewAsync(partitions: 1);
        Producer<Flight> producer = await flights.StartProducerAsync(cancellation: Cancellation);
        await flights.DeleteAsync(Cancellation);
        await flights.EnsureAsync(cancellation: Cancellation);

        HeadwaterException replaced = await Assert.ThrowsAsync<HeadwaterException>(() => producer.AppendAsync(new("k", new Flight("ABQ", 1)), Cancellation));

        Assert.Equal("stream_replaced", replaced.Code);
        Assert.Empty(await flights.ReadAsync(cancellation: Cancellation).ToListAsync(Cancellation));
    }

    private async Task<EventStream<Flight>> NewAsync(int partitions)
    {
        EventStream<Flight> flights = log.NewFlights();
        await flights.EnsureAsync(new StreamSettings { Partitions = partitions }, Cancellation);
        return flights;
    }

    private static async Task<Task<AppendedEvent>[]> EnqueueAsync(Producer<Flight> producer, int count)
    {
        var results = new Task<AppendedEvent>[count];
        for (int i = 0; i < count; i++)
        {
            results[i] = await producer.EnqueueAsync(new($"k{i % 10}", new Flight("ABQ", i)), Cancellation);
        }

        return results;
    }
}
