using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Headwater.Testing;

namespace Headwater.Hostile.Clients;

/// <summary>
/// Two clients that append numbers under their own keys, and two that read from the beginning again and again. Each sends 20 requests a second at most.
/// </summary>
internal sealed class Crew : IAsyncDisposable
{
    private const string Stream = "orders";
    private const int Partitions = 2;
    private const int EventsPerPost = 20;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http;
    private readonly PatientClient _patient;
    private readonly CancellationTokenSource _over = new();
    private readonly HashSet<(int Client, long Number)> _acknowledged = [];
    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;
    private volatile Window _window = new();

    private Crew(HostProcess host)
    {
        _http = new HttpClient { BaseAddress = host.Address, Timeout = TimeSpan.FromSeconds(30) };
        _patient = new PatientClient(_http, () => _window);
    }

    /// <summary>Creates the stream and lets the clients begin.</summary>
    public static async Task<Crew> StartAsync(HostProcess host)
    {
        var crew = new Crew(host);
        using var settings = new StringContent($$"""{"partitions":{{Partitions}}}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage created = await crew._http.PutAsync(new Uri($"/streams/{Stream}", UriKind.Relative), settings);
        created.EnsureSuccessStatusCode();
        crew._running = Task.WhenAll(crew.AppendAsync(0), crew.AppendAsync(1), crew.ReadAsync(0), crew.ReadAsync(1));
        return crew;
    }

    /// <summary>Lets a window of time pass, waits until the requests that began in it are over, and returns what the clients saw.</summary>
    public async Task<Window> PassAsync(TimeSpan length)
    {
        var window = new Window();
        _window = window;
        await Task.Delay(length);
        _window = new Window();
        for (long over = Stopwatch.GetTimestamp(); !window.IsOver && Stopwatch.GetElapsedTime(over) < Patience;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }

        return window;
    }

    /// <summary>Ends the clients and reads the stream.</summary>
    /// <returns>How many acknowledged events are missing or stored twice, and how many were acknowledged.</returns>
    public async Task<(int Wrong, int Acknowledged)> EndAsync()
    {
        await _over.CancelAsync();
        await _running;
        List<(int Client, long Number)> stored = [];
        for (int partition = 0; partition < Partitions; partition++)
        {
            long offset = 0;
            while (await PageAsync(partition, offset) is { Length: > 0 } events)
            {
                stored.AddRange(events.Select(e => (int.Parse(((string?)e["key"])!, CultureInfo.InvariantCulture), (long)e["value"]!)));
                offset = (long)events[^1]["offset"]! + 1;
            }
        }

        int missing = _acknowledged.Except(stored).Count();
        return (missing + stored.Count - stored.Distinct().Count(), _acknowledged.Count);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _running;
        _http.Dispose();
        _over.Dispose();
    }

    private async Task AppendAsync(int client)
    {
        for (long first = 0; !_over.IsCancellationRequested; first += EventsPerPost)
        {
            IEnumerable<long> numbers = Enumerable.Range(0, EventsPerPost).Select(i => first + i);
            string body = JsonSerializer.Serialize(numbers.Select(n => new { key = $"{client}", value = n }));
            if (await _patient.SendAsync(() => Post(body, $"{client}-{first}")) is not null)
            {
                lock (_gate)
                {
                    _acknowledged.UnionWith(numbers.Select(n => (client, n)));
                }
            }

            await Task.Delay(Pace);
        }
    }

    private async Task ReadAsync(int partition)
    {
        long offset = 0;
        while (!_over.IsCancellationRequested)
        {
            JsonNode[] events = await PageAsync(partition, offset) ?? [];
            offset = events is [.., { } last] ? (long)last["offset"]! + 1 : 0;
            await Task.Delay(Pace);
        }
    }

    private async Task<JsonNode[]?> PageAsync(int partition, long offset)
    {
        byte[]? page = await _patient.SendAsync(() => new HttpRequestMessage(
            HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"/streams/{Stream}/partitions/{partition}/events?offset={offset}")));
        if (page is null || EventsOf(page) is not { } events)
        {
            return null;
        }

        if (events.Where((e, i) => (long)e["offset"]! != offset + i).Any())
        {
            _window.Fail($"a page from offset {offset} of partition {partition} has other offsets");
        }

        return events;
    }

    private JsonNode[]? EventsOf(byte[] page)
    {
        try
        {
            return [.. JsonNode.Parse(page)!["events"]!.AsArray().OfType<JsonNode>()];
        }
        catch (JsonException)
        {
            _window.Fail($"a page is not JSON: {Encoding.UTF8.GetString(page.AsSpan(0, Math.Min(page.Length, 1_000)))}");
            return null;
        }
    }

    private static HttpRequestMessage Post(string body, string key) => new(HttpMethod.Post, $"/streams/{Stream}/events")
    {
        Content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json")),
        Headers = { { "Idempotency-Key", key } },
    };
}
