using System.Globalization;
using System.Text.Json;
using Headwater.Testing;

namespace Headwater.Client.Tests;

/// <summary>Producers against a host that is killed and started again, over storage that misbehaves in every way that the service can.</summary>
public sealed class ProducerFaultTests(RunningLog log)
{
    private const int Keys = 40;

    /// <summary>How often the host is killed: 4 times, or HEADWATER_CLIENT_KILLS.</summary>
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("HEADWATER_CLIENT_KILLS") ?? "4", CultureInfo.InvariantCulture);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("relay")]
    public async Task Nothing_is_lost_nothing_is_stored_twice_and_every_key_keeps_its_order(string? producerId)
    {
        const int Seed = 20261126;
        using var host = new MortalHost(log.ConnectionString, Seed);
        await host.StartAsync();
        using HeadwaterClient client = new(new HeadwaterClientOptions { Address = new Uri("http://any.example"), Handler = host });
        EventStream<JsonElement> stream = client.Stream(AzuriteFixture.UniqueName());
        await stream.EnsureAsync(new StreamSettings { Partitions = 4 }, Cancellation);
        var options = new ProducerOptions { ProducerId = producerId, BatchEvents = 50 };
        await using Producer<JsonElement> producer = await stream.StartProducerAsync(options, Cancellation);

        using var stop = new CancellationTokenSource();
        Task<List<Sent>> sending = SendAsync(producer, stop.Token);
        while (host.Kills < Kills)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);
            await host.RestartAsync();
        }

        await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);
        await stop.CancelAsync();
        List<Sent> sent = await sending;
        await producer.FlushAsync(Cancellation);
        List<(Sent Event, EventPosition Position)> stored =
        [
            .. await stream.ReadAsync(cancellation: Cancellation).Select(e => (new Sent(e.Key!, e.Value.GetInt64()), e.Position)).ToListAsync(Cancellation),
        ];

        TestContext.Current.TestOutputHelper!.WriteLine($"seed {Seed}: {sent.Count} events, {host.Kills} kills, {host.Lost} requests lost");
        Assert.True(host.Lost > 0, "No request was lost, so the run proves nothing.");
        Assert.Equal(sent.Count, stored.Count);
        foreach (IGrouping<string, Sent> key in sent.GroupBy(s => s.Key))
        {
            Assert.Equal(key.Select(s => s.Number), stored.Where(s => s.Event.Key == key.Key).OrderBy(s => s.Position.Offset).Select(s => s.Event.Number));
        }
    }

    private static async Task<List<Sent>> SendAsync(Producer<JsonElement> producer, CancellationToken stop)
    {
        List<Sent> sent = [];
        List<Task<AppendedEvent>> results = [];
        for (long number = 0; !stop.IsCancellationRequested; number++)
        {
            var next = new Sent($"k{number % Keys}", number);
            results.Add(await producer.EnqueueAsync(new(next.Key, JsonSerializer.SerializeToElement(number)), CancellationToken.None));
            sent.Add(next);
            if (number % 20 == 0)
            {
                await Task.Delay(5, CancellationToken.None);
            }
        }

        await Task.WhenAll(results);
        return sent;
    }

    private sealed record Sent(string Key, long Number);
}
