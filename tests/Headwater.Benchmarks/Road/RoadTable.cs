using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Headwater.Benchmarks.Payloads;
using Headwater.Testing;

namespace Headwater.Benchmarks.Road;

/// <summary>Measures a local host from socket to blob and back: its CPU per event, and events per second, against Azurite in memory.</summary>
/// <param name="host">The host.</param>
/// <param name="output">Receives the table.</param>
internal sealed class RoadTable(HostProcess host, TextWriter output)
{
    private const int EventsPerRequest = 1_000;
    private const int BulkClients = 4;
    private const int ReadClients = 2;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    /// <summary>Starts Azurite and the host, and measures.</summary>
    /// <param name="assembly">The assembly of the host.</param>
    /// <param name="output">Receives the table.</param>
    public static async Task RunAsync(string assembly, TextWriter output)
    {
        using AzuriteProcess azurite = await AzuriteProcess.StartAsync(CancellationToken.None);
        using HostProcess host = await HostProcess.StartAsync(assembly, azurite.ConnectionString);
        await new RoadTable(host, output).RunAsync();
    }

    private async Task RunAsync()
    {
        await output.WriteLineAsync($"{"work",-46}{"us CPU of the host",20}{"per second",14}");
        foreach (string codec in (string[])["deflate", "zstandard"])
        {
            string stream = $"sales-{codec}";
            var settings = new JsonObject { ["partitions"] = 4, ["codec"] = codec, ["schema"] = JsonNode.Parse(Sales.Schema) };
            using HttpResponseMessage created = await host.Http.PutAsJsonAsync(new Uri($"/streams/{stream}", UriKind.Relative), settings);
            created.EnsureSuccessStatusCode();
            byte[] body = Sales.Body(EventsPerRequest);
            await MeasureAsync($"bulk append, 1,000 events, 4 clients, {codec}", BulkClients, () => PostAsync(stream, body, EventsPerRequest));
            foreach (string format in (string[])["application/json", "application/x-ndjson", "application/avro"])
            {
                await MeasureAsync($"read, {format}, {codec}", ReadClients, () => ReadAsync(stream, format));
            }
        }

        byte[] one = Sales.Body(1);
        foreach (int clients in (int[])[32, 256])
        {
            await MeasureAsync($"post one event, {clients} clients", clients, () => PostAsync("sales-deflate", one, 1));
        }
    }

    private async Task MeasureAsync(string name, int clients, Func<Task<int>> request)
    {
        long events = 0;
        using var over = new CancellationTokenSource();
        Task[] running = [.. Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                Interlocked.Add(ref events, await request());
            }
        }))];
        await Task.Delay(WarmUp);
        (long before, TimeSpan cpu, long begin) = (Interlocked.Read(ref events), host.Cpu, Stopwatch.GetTimestamp());
        await Task.Delay(Measured);
        double done = Interlocked.Read(ref events) - before;
        double micros = (host.Cpu - cpu).TotalMicroseconds / done;
        double rate = done / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        await over.CancelAsync();
        await Task.WhenAll(running);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name,-46}{micros,20:0.00}{rate,14:#,0}"));
    }

    private async Task<int> PostAsync(string stream, byte[] body, int events)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage answer = await host.Http.PostAsync(new Uri($"/streams/{stream}/events", UriKind.Relative), content);
        return answer.IsSuccessStatusCode ? events : throw new HttpRequestException(await answer.Content.ReadAsStringAsync());
    }

    private async Task<int> ReadAsync(string stream, string format)
    {
        int partition = Random.Shared.Next(4);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/streams/{stream}/partitions/{partition}/events?limit=10000&maxBytes=33554432");
        request.Headers.Accept.ParseAdd(format);
        using HttpResponseMessage answer = await host.Http.SendAsync(request);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException(await answer.Content.ReadAsStringAsync());
        }

        return int.Parse(answer.Headers.GetValues("Next-Offset").Single(), CultureInfo.InvariantCulture);
    }
}
