using System.Diagnostics;
using System.Globalization;
using System.Net;
using Azure.Storage.Queues;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Metering;

namespace Headwater.EndToEnd.Tests.Queued;

/// <summary>What it costs to accept a batch, without a pump that handles it.</summary>
[Collection(nameof(Alone))]
public sealed class IntakeTests(RunningLog log) : IDisposable
{
    private const int Posts = 20;
    private const int WarmUp = 4;
    private const int Rounds = 7;

    private readonly StorageMeter _meter = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _meter.Dispose();

    [Theory]
    [InlineData(100, 0)]
    [InlineData(45_000, 0)]
    [InlineData(60_000, 1)]
    public async Task A_batch_costs_one_queue_message_and_above_48_KiB_a_blob(int bytes, int blobs)
    {
        string stream = await log.CreateAsync();
        await using QueueHost host = await QueueHost.StartAsync(log.ConnectionString, _meter);
        await PostAsync(host, stream, bytes); // Creates the queue and reads the stream.
        IReadOnlyDictionary<StorageOperation, long> before = host.Calls;

        for (int i = 0; i < Posts; i++)
        {
            await PostAsync(host, stream, bytes);
        }

        Dictionary<StorageOperation, long> made = host.Calls
            .Select(c => KeyValuePair.Create(c.Key, c.Value - before[c.Key]))
            .Where(c => c.Value > 0)
            .ToDictionary();
        await host.ClearAsync(StorageNames.AppendsQueue);
        Dictionary<StorageOperation, long> expected = new() { [StorageOperation.QueuePut] = Posts };
        if (blobs > 0)
        {
            expected[StorageOperation.BlobPut] = Posts * blobs;
        }

        Assert.Equal(expected, made);
    }

    /// <summary>
    /// Compares with raw messages of equal size, in alternating rounds. Both sides are measured on the same machine as the storage, so the ratio is a lower bound.
    /// </summary>
    [Theory]
    [InlineData(100, 200)]
    [InlineData(40_000, 40)]
    public async Task Batches_are_accepted_at_four_fifths_of_the_rate_of_raw_messages_or_more(int bytes, int calls)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("HEADWATER_INTAKE") == "measure", "Times: set HEADWATER_INTAKE=measure on a quiet machine.");
        string stream = await log.CreateAsync();
        await using QueueHost host = await QueueHost.StartAsync(log.ConnectionString, _meter);
        QueueClient raw = await host.RawAsync("raw");
        await PostAsync(host, stream, bytes);
        string message = (await host.RawAsync(StorageNames.AppendsQueue)).PeekMessage(Cancellation).Value.Body.ToString();
        List<double> ratios = [];
        for (int round = 0; round < WarmUp + Rounds; round++)
        {
            double messages = await RateAsync(calls, () => raw.SendMessageAsync(message, Cancellation));
            double batches = await RateAsync(calls, () => PostAsync(host, stream, bytes));
            if (round >= WarmUp)
            {
                ratios.Add(batches / messages);
            }

            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{message.Length} bytes: {messages:F0} raw messages/s, {batches:F0} batches/s, ratio {batches / messages:F2}"));
            await host.ClearAsync("raw"); // Azurite gets slow with many messages.
            await host.ClearAsync(StorageNames.AppendsQueue);
        }

        Assert.InRange(ratios.Order().ElementAt(ratios.Count / 2), 0.8, double.MaxValue);
    }

    private static async Task<double> RateAsync(int calls, Func<Task> call)
    {
        const int atOnce = 16;
        long started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, calls), new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = Cancellation }, async (_, _) => await call());
        return calls / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task PostAsync(QueueHost host, string stream, int bytes)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri($"/streams/{stream}/events", UriKind.Relative))
        {
            Content = RunningLog.Body($$"""[{"value":"{{new string('x', bytes)}}"}]"""),
            Headers = { { "Prefer", "respond-async" } },
        };
        using HttpResponseMessage answer = await host.Http.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }
}
