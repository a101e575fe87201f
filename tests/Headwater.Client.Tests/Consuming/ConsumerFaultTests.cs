using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Headwater.Testing;

namespace Headwater.Client.Tests;

/// <summary>Members of a group against a host that is killed and started again, over storage that misbehaves.</summary>
public sealed class ConsumerFaultTests(RunningLog log)
{
    private const int Members = 3;

    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("HEADWATER_CLIENT_KILLS") ?? "3", CultureInfo.InvariantCulture);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_event_is_processed_although_hosts_die_and_storage_misbehaves()
    {
        const int Seed = 20261127;
        using var host = new MortalHost(log.ConnectionString, Seed);
        await host.StartAsync();
        using HeadwaterClient client = new(new HeadwaterClientOptions { Address = new Uri("http://any.example"), Handler = host });
        EventStream<JsonElement> stream = client.Stream(AzuriteFixture.UniqueName());
        await stream.EnsureAsync(new StreamSettings { Partitions = 6 }, Cancellation);
        await using Producer<JsonElement> producer = await stream.StartProducerAsync(cancellation: Cancellation);
        ConcurrentDictionary<long, int> processed = new();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task[] members = [.. Enumerable.Range(0, Members).Select(_ => ConsumeAsync(stream, processed, stop.Token))];

        long sent = 0;
        while (host.Kills < Kills)
        {
            for (int i = 0; i < 500; i++, sent++)
            {
                await producer.EnqueueAsync(new($"k{sent % 30}", JsonSerializer.SerializeToElement(sent)), Cancellation);
            }

            await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);
            await host.RestartAsync();
        }

        await producer.FlushAsync(Cancellation);
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (processed.Count < sent && !late.IsCancellationRequested)
        {
            await Task.Delay(100, Cancellation);
        }

        await stop.CancelAsync();
        await Task.WhenAll(members);

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"seed {Seed}: {sent} events, {host.Kills} kills, {host.Lost} requests lost, {processed.Values.Sum() - processed.Count} deliveries repeated");
        Assert.Equal(sent, processed.Count);
    }

    private static Task ConsumeAsync(EventStream<JsonElement> stream, ConcurrentDictionary<long, int> processed, CancellationToken stop)
    {
        var options = new ConsumerOptions { Group = "g", SessionTimeout = TimeSpan.FromSeconds(6), CommitInterval = TimeSpan.FromMilliseconds(500) };
        return stream.NewConsumer(options).RunAsync(
            (e, _) =>
            {
                processed.AddOrUpdate(e.Value.GetInt64(), 1, (_, times) => times + 1);
                return default;
            },
            stop);
    }
}
