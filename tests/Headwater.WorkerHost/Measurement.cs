using System.Globalization;
using System.Net.Http.Json;
using Headwater.Testing;

namespace Headwater.WorkerHost;

/// <summary>
/// CPU time of the worker's process on an emulator of its own: from the start to the first append answered, and per request in each of the first
/// nine slices of ten seconds under load, in which the code settles.
/// </summary>
internal static class Measurement
{
    private const int ColdRuns = 5;

    private const int Clients = 8;

    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(10);

    private const int Slices = 9;

    public static async Task RunAsync(bool isCold, IReadOnlyList<string> folders, CancellationToken cancellation)
    {
        using AzuriteProcess azurite = await AzuriteProcess.StartAsync(cancellation);
        var settings = new Dictionary<string, string>
        {
            ["HeadwaterStorage"] = azurite.ConnectionString,
            // Idle pool threads spin before they sleep. The emulator is slower than the worker, so spinning would be most of what is measured.
            ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
        };
        await using (HostedWorker first = await HostedWorker.StartAsync(folders[0], settings, cancellation))
        {
            foreach (string stream in (string[])["measured", "read"])
            {
                using HttpResponseMessage created = await first.Http.PutAsJsonAsync($"/streams/{stream}", new { }, cancellation);
                await RequireAsync(created, first, cancellation);
                await AppendAsync(first, stream, cancellation);
            }
        }

        await (isCold ? ColdAsync(folders, settings, cancellation) : SettledAsync(folders, settings, cancellation));
    }

    private static async Task ColdAsync(IReadOnlyList<string> folders, Dictionary<string, string> settings, CancellationToken cancellation)
    {
        // In turns, so that other load on the machine affects all of them alike.
        var cold = folders.ToDictionary(f => f, _ => new List<double>());
        for (int run = 0; run < ColdRuns; run++)
        {
            foreach (string folder in folders)
            {
                cold[folder].Add(await ColdAsync(folder, settings, cancellation));
            }
        }

        foreach (string folder in folders)
        {
            Say($"{folder}: CPU from start to first append, ms", cold[folder]);
        }
    }

    private static async Task SettledAsync(IReadOnlyList<string> folders, Dictionary<string, string> settings, CancellationToken cancellation)
    {
        foreach (string folder in folders)
        {
            Say($"{folder}: CPU per request in slices of 10 s, us", await SettledAsync(folder, settings, cancellation));
        }
    }

    private static async Task<double> ColdAsync(string folder, Dictionary<string, string> settings, CancellationToken cancellation)
    {
        await using HostedWorker worker = await HostedWorker.StartAsync(folder, settings, cancellation);
        await AppendAsync(worker, "measured", cancellation);
        return worker.Cpu.TotalMilliseconds;
    }

    private static async Task<IReadOnlyList<double>> SettledAsync(string folder, Dictionary<string, string> settings, CancellationToken cancellation)
    {
        await using HostedWorker worker = await HostedWorker.StartAsync(folder, settings, cancellation);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        long requests = 0;
        Task[] clients = [.. Enumerable.Range(0, Clients).Select(async _ =>
        {
            while (!over.IsCancellationRequested)
            {
                await AppendAsync(worker, "measured", cancellation);
                await ReadAsync(worker, cancellation);
                Interlocked.Add(ref requests, 2);
            }
        })];
        var slices = new List<double>();
        for (int slice = 0; slice < Slices; slice++)
        {
            (long from, TimeSpan cpu) = (Interlocked.Read(ref requests), worker.Cpu);
            await Task.Delay(Slice, TimeProvider.System, cancellation);
            slices.Add((worker.Cpu - cpu).TotalMicroseconds / (Interlocked.Read(ref requests) - from));
        }

        await over.CancelAsync();
        await Task.WhenAll(clients);
        return slices;
    }

    private static async Task AppendAsync(HostedWorker worker, string stream, CancellationToken cancellation)
    {
        object[] events = [new { key = "k", value = new { delay = 14, origin = "ABQ" } }];
        using HttpResponseMessage appended = await worker.Http.PostAsJsonAsync($"/streams/{stream}/events", events, cancellation);
        await RequireAsync(appended, worker, cancellation);
    }

    /// <summary>Reads a stream that does not grow: the emulator takes longer for a range of a blob the more blocks the blob has.</summary>
    private static async Task ReadAsync(HostedWorker worker, CancellationToken cancellation)
    {
        var page = new Uri("/streams/read/partitions/0/events?offset=earliest&limit=10", UriKind.Relative);
        using HttpResponseMessage read = await worker.Http.GetAsync(page, cancellation);
        await RequireAsync(read, worker, cancellation);
    }

    private static async Task RequireAsync(HttpResponseMessage response, HostedWorker worker, CancellationToken cancellation)
    {
        string body = await response.Content.ReadAsStringAsync(cancellation);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{response.RequestMessage?.RequestUri} was answered with {response.StatusCode}: {body}\n{worker.Output}");
        }
    }

    private static void Say(string what, IReadOnlyList<double> values) =>
        Console.WriteLine($"{what}: least {values.Min():F0} of {string.Join(", ", values.Select(v => v.ToString("F0", CultureInfo.InvariantCulture)))}");
}
