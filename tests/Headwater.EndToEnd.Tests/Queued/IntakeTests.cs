using System.Diagnostics;
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
    private const int WarmUp = 10;
    private const int Rounds = 15;

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
    /// Compares what the host accepts with what its process can put on a queue by the SDK alone: messages of equal size, 16 at a time, in alternating rounds of
    /// a second. The host's client is <c>wrk</c>, which costs little CPU but shares the machine, so the ratio is a lower bound.
    /// </summary>
    [Theory]
    [InlineData(100)]
    [InlineData(40_000)]
    public async Task Batches_are_accepted_at_four_fifths_of_the_rate_of_raw_messages_or_more(int bytes)
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("HEADWATER_INTAKE") == "measure", "Times: set HEADWATER_INTAKE=measure on a quiet machine with wrk.");
        string stream = await log.CreateAsync();
        await using QueueHost host = await QueueHost.StartAsync(log.ConnectionString, _meter);
        QueueClient raw = await host.RawAsync("raw");
        await PostAsync(host, stream, bytes);
        string message = (await host.RawAsync(StorageNames.AppendsQueue)).PeekMessage(Cancellation).Value.Body.ToString();
        WrkPosts batchPosts = new(
            new Uri(host.Http.BaseAddress!, $"/streams/{stream}/events"),
            new() { ["Prefer"] = "respond-async", ["Content-Type"] = "application/json" },
            Events(bytes));
        List<double> ratios = [];
        for (int round = 0; round < WarmUp + Rounds; round++)
        {
            bool rawFirst = round % 2 == 0; // Whichever comes second meets a fuller storage.
            double messages = rawFirst ? await RateAsync(() => raw.SendMessageAsync(message, Cancellation)) : 0;
            double batches = await batchPosts.RateAsync(Cancellation);
            messages = rawFirst ? messages : await RateAsync(() => raw.SendMessageAsync(message, Cancellation));
            if (round >= WarmUp)
            {
                ratios.Add(batches / messages);
            }

            Write($"{message.Length} bytes: {messages:F0} raw messages/s, {batches:F0} batches/s, ratio {batches / messages:F2}");
            await host.ClearAsync("raw"); // Azurite gets slow with many messages.
            await host.ClearAsync(StorageNames.AppendsQueue);
        }

        double median = ratios.Order().ElementAt(ratios.Count / 2);
        Write($"{message.Length} bytes: median {median:F2}");
        Assert.InRange(median, 0.8, double.MaxValue);
    }

    private static async Task<double> RateAsync(Func<Task> call)
    {
        long started = Stopwatch.GetTimestamp();
        long calls = 0;
        await Task.WhenAll(Enumerable.Range(0, WrkPosts.Connections).Select(_ => CallAsync()));
        return calls / Stopwatch.GetElapsedTime(started).TotalSeconds;

        async Task CallAsync()
        {
            while (Stopwatch.GetElapsedTime(started) < WrkPosts.Length)
            {
                await call();
                Interlocked.Increment(ref calls);
            }
        }
    }

    private static void Write(FormattableString line) => TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(line));

    private static string Events(int bytes) => $$"""[{"value":"{{new string('x', bytes)}}"}]""";

    private static async Task PostAsync(QueueHost host, string stream, int bytes)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri($"/streams/{stream}/events", UriKind.Relative))
        {
            Content = RunningLog.Body(Events(bytes)),
            Headers = { { "Prefer", "respond-async" } },
        };
        using HttpResponseMessage answer = await host.Http.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }
}
