using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Headwater.Core.Positions;

#pragma warning disable xUnit1051 // The documents' snippets have no test token.
namespace Headwater.Client.Tests;

/// <summary>The snippets of the documents, run against a local host. <see cref="DocumentTests"/> compares them with the documents.</summary>
public sealed class DocumentSnippets(RunningLog log)
{
    [Fact]
    public async Task The_pages_on_producing_and_consuming_run()
    {
        Uri address = log.Address;
        using var client = new HeadwaterClient(new HeadwaterClientOptions { Address = address });
        EventStream<Departure> departures = client.Stream("departures", DepartureJson.Default.Departure);
        await departures.EnsureAsync(new StreamSettings { Partitions = 4 });
        AppendResult result = await departures.AppendAsync(
        [
            new("ABQ", new Departure("ABQ", 14)) { Headers = new Dictionary<string, string> { ["source"] = "tower" } },
            new("SFO", new Departure("SFO", null)),
        ]);
        await using Producer<Departure> producer = await departures.StartProducerAsync();
        for (int i = 0; i < 1_000; i++)
        {
            Task<AppendedEvent> stored = await producer.EnqueueAsync(new($"K{i % 10}", new Departure("ABQ", i)));
        }

        await producer.FlushAsync();
        await foreach (ReceivedEvent<Departure> read in departures.ReadAsync(new ReadOptions { From = StartFrom.Earliest }))
        {
            Console.WriteLine($"{read.Partition}/{read.Offset} {read.Key} {read.Value}");
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        int billed = 0;
        async Task BillAsync(string? key, Departure? departure, CancellationToken cancellation)
        {
            await Task.Yield();
            if (Interlocked.Increment(ref billed) == 1_002)
            {
                await stop.CancelAsync();
            }
        }

        Consumer<Departure> consumer = departures.NewConsumer(new ConsumerOptions { Group = "billing" });
        await consumer.RunAsync(
            async (departure, cancellation) =>
            {
                await BillAsync(departure.Key, departure.Value, cancellation);
            },
            stop.Token);
        consumer.Pause(new PartitionId(0));
        consumer.Resume(new PartitionId(0));
        consumer.Seek(new EventPosition(new PartitionId(0), new Offset(0)));
        IReadOnlyDictionary<PartitionId, long> lag = await consumer.LagAsync();

        Assert.Equal(2, result.Events.Count);
        Assert.Equal(1_002, billed);
        Assert.Empty(lag); // The consumer has stopped and has no partition.
    }

    [Fact]
    public async Task The_page_on_replaying_runs()
    {
        EventStream<Departure> departures = log.Client.Stream("replayed", DepartureJson.Default.Departure);
        await departures.EnsureAsync();
        await departures.AppendAsync([.. Enumerable.Range(0, 200).Select(i => new NewEvent<Departure>($"K{i}", new Departure("ABQ", i)))]);
        await foreach (ReplayBatch<Departure> batch in departures.ReplayAsync())
        {
            foreach (ReceivedEvent<Departure> departure in batch.Events)
            {
                Console.WriteLine($"{departure.Partition}/{departure.Offset} {departure.Key} {departure.Value}");
            }
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        List<ReceivedEvent<Departure>> stored = [];
        string streamId = (await departures.DescribeAsync(stop.Token)).StreamId;
        async Task StoreAsync(IEnumerable<ReceivedEvent<Departure>> events, string id, PartitionId partition, Offset next)
        {
            await Task.Yield();
            stored.AddRange(events);
            Assert.Equal(streamId, id);
            if (next.Value == 200)
            {
                await stop.CancelAsync();
            }
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            var options = new ReplayOptions
            {
                From = StartFrom.Positions(streamId, new EventPosition(new PartitionId(0), new Offset(100))),
                Follow = true,
                Progress = new Progress<ReplayProgress>(p => Console.WriteLine($"{p.Percent:0} %, {p.TimeLeft} left")),
            };
            await foreach (ReplayBatch<Departure> batch in departures.ReplayAsync(options, stop.Token))
            {
                await StoreAsync(batch.Events, batch.StreamId, batch.Partition, batch.Next);
            }
        });
        await foreach (ReplayBatch<Departure> batch in departures.ReplayAsync())
        {
            foreach (ReplayGap gap in batch.Gaps)
            {
                Console.WriteLine($"{gap.Partition}: {gap.From} to {gap.To} deleted by {gap.Cause}");
            }
        }

        Assert.Equal(Enumerable.Range(100, 100), stored.Select(e => e.Value!.Delay!.Value));
    }

    [Fact]
    public async Task The_page_of_the_package_runs()
    {
        Uri address = log.Address;
        using var client = new HeadwaterClient(new HeadwaterClientOptions { Address = address });
        EventStream<Flight> flights = client.Stream("arrivals", FlightJson.Default.Flight);
        await flights.EnsureAsync(new StreamSettings { Partitions = 4 });
        await flights.AppendAsync([new("ABQ", new Flight("ABQ", 14))]);
        await foreach (ReceivedEvent<Flight> flight in flights.ReadAsync())
        {
            Console.WriteLine($"{flight.Partition}/{flight.Offset} {flight.Value}");
        }

        Assert.Equal(1, await flights.ReadAsync().CountAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_first_page_runs()
    {
        Uri address = log.Address;
        await log.Client.Stream("flights").EnsureAsync();
        using var client = new HeadwaterClient(address);
        EventStream<JsonElement> flights = client.Stream("flights");
        await flights.AppendAsync([new("SEA", JsonElement.Parse("""{"origin":"SEA","delay":-3}"""))]);
        await foreach (ReceivedEvent<JsonElement> flight in flights.ReadAsync())
        {
            Console.WriteLine($"{flight.Partition}/{flight.Offset} {flight.Key} {flight.Value}");
        }

        Assert.Equal(1, await flights.ReadAsync().CountAsync(TestContext.Current.CancellationToken));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Departure))]
public sealed partial class DepartureJson : JsonSerializerContext;

[Description("A departure.")]
public sealed record Departure(string Origin, [property: Description("Minutes.")] int? Delay);
