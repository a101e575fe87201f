using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Headwater.Benchmarks.Payloads;
using Headwater.Client;
using Headwater.Testing;

namespace Headwater.Benchmarks.Replay;

/// <summary>
/// Compares a replay of sales from a local host's segment files with a loop by hand over the same files (CPU), and with their download (wall time), in rounds
/// in turns. Azurite takes CPU of the same machine, so the bound of the wall time is the greater of the download and the CPU of the loop divided by the cores.
/// </summary>
/// <param name="host">The host.</param>
/// <param name="events">Sales.</param>
/// <param name="output">Receives the table.</param>
internal sealed class ReplayTable(HostProcess host, int events, TextWriter output)
{
    private const int EventsPerRequest = 1_000;
    private const int Clients = 4;
    private const int WarmUps = 3;
    private const int Rounds = 7;
    private const double CpuGoal = 1.3;
    private const double WallGoal = 1.25;
    private const string Stream = "sales";

    /// <summary>Starts Azurite and the host, appends the sales, and measures.</summary>
    /// <returns>Whether the goals are reached.</returns>
    public static async Task<bool> RunAsync(string assembly, int events, TextWriter output)
    {
        using AzuriteProcess azurite = await AzuriteProcess.StartAsync(CancellationToken.None);
        using HostProcess host = await HostProcess.StartAsync(assembly, azurite.ConnectionString);
        return await new ReplayTable(host, events, output).RunAsync();
    }

    private async Task<bool> RunAsync()
    {
        await AppendAsync();
        using var client = new HeadwaterClient(host.Address);
        EventStream<Sale> sales = client.Stream(Stream, SaleJson.Default.Sale);
        for (int i = 0; i < WarmUps; i++)
        {
            await RoundAsync(sales); // Compiles all of it.
        }

        List<Figures> rounds = [];
        for (int i = 0; i < Rounds; i++)
        {
            rounds.Add(await RoundAsync(sales));
            await output.WriteLineAsync(rounds[^1].ToString());
        }

        double cpu = Median(rounds.Select(r => r.ReplayCpu / r.LoopCpu));
        double wall = Median(rounds.Select(r => r.ReplayWall / r.WallBound));
        double api = Median(rounds.Select(r => r.ApiCpu / r.ReplayCpu));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"CPU replay / loop {cpu:0.00} (goal {CpuGoal}); wall replay / bound {wall:0.00} (goal {WallGoal}); CPU API / replay {api:0.0}"));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"most managed memory during a replay: {rounds.Max(r => r.Memory) >> 20} MB"));
        return cpu <= CpuGoal && wall <= WallGoal;
    }

    private async Task<Figures> RoundAsync(EventStream<Sale> sales)
    {
        (byte[][] files, double download, _) = await MeasureAsync(DownloadAsync);
        GC.Collect();
        (_, _, double loop) = await MeasureAsync(() => Task.FromResult(Expect(files.Sum(f => HandLoop.Run(f, Take)))));
        GC.Collect();
        long memory = 0;
        (_, double wall, double cpu) = await MeasureAsync(() => ReplayAsync(sales, new ReplayOptions(), m => memory = Math.Max(memory, m)));
        GC.Collect();
        (_, _, double api) = await MeasureAsync(() => ReplayAsync(sales, new ReplayOptions { UseSegments = false }, _ => { }));
        return new Figures(files.Sum(f => (long)f.Length), download, loop, wall, cpu, api, memory);
    }

    private async Task<long> ReplayAsync(EventStream<Sale> sales, ReplayOptions options, Action<long> see)
    {
        long count = 0;
        await foreach (ReplayBatch<Sale> batch in sales.ReplayAsync(options))
        {
            count += batch.Events.Count;
            Take(batch.Events);
            see(GC.GetTotalMemory(forceFullCollection: false));
        }

        return Expect(count);
    }

    private static void Take(IReadOnlyList<ReceivedEvent<Sale>> batch) => GC.KeepAlive(batch);

    private long Expect(long count) => count == events ? count : throw new InvalidOperationException($"{count} of {events} events were read.");

    /// <summary>Downloads every segment file, all at a time.</summary>
    private async Task<byte[][]> DownloadAsync()
    {
        JsonNode listing = (await host.Http.GetFromJsonAsync<JsonNode>(new Uri($"/streams/{Stream}/segments", UriKind.Relative)))!;
        using var http = new HttpClient();
        return await Task.WhenAll(listing["segments"]!.AsArray().Select(s => http.GetByteArrayAsync(new Uri((string)s!["url"]!))));
    }

    private async Task AppendAsync()
    {
        var settings = new JsonObject { ["partitions"] = 4, ["schema"] = JsonNode.Parse(Sales.Schema) };
        using HttpResponseMessage created = await host.Http.PutAsJsonAsync(new Uri($"/streams/{Stream}", UriKind.Relative), settings);
        created.EnsureSuccessStatusCode();
        byte[] body = Sales.Body(EventsPerRequest);
        int left = events / EventsPerRequest;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
                using HttpResponseMessage answer = await host.Http.PostAsync(new Uri($"/streams/{Stream}/events", UriKind.Relative), content);
                answer.EnsureSuccessStatusCode();
            }
        })));
    }

    private static async Task<(T Result, double Wall, double Cpu)> MeasureAsync<T>(Func<Task<T>> work)
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long began = Stopwatch.GetTimestamp();
        T result = await work();
        return (result, Stopwatch.GetElapsedTime(began).TotalMilliseconds, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>Times in milliseconds.</summary>
    private sealed record Figures(long Bytes, double Download, double LoopCpu, double ReplayWall, double ReplayCpu, double ApiCpu, long Memory)
    {
        public double WallBound => Math.Max(Download, LoopCpu / Environment.ProcessorCount);

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Bytes / 1e6:0.0} MB: download {Download:0} ms; loop {LoopCpu:0} ms CPU; replay {ReplayWall:0} ms, {ReplayCpu:0} ms CPU; API {ApiCpu:0} ms CPU");
    }
}
