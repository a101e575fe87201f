using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Xml;

namespace Headwater.GroupConsumer;

/// <summary>
/// The consumer loop of docs/consumer-groups.md. It prints a line for each step: <c>S p offset</c> starts a partition, <c>E p from to</c> has processed
/// events, <c>C p offset</c> has committed, <c>L p from to</c> has lost events that retention deleted, <c>X reason</c> has dropped all partitions.
/// </summary>
internal sealed class Consumer(Uri[] addresses, string stream, string group)
{
    private const int PageEvents = 500;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new() { Timeout = Patience };

    private readonly Dictionary<int, long> _positions = [];

    private readonly HashSet<int> _release = [];

    private string? _member;

    private long? _generation;

    /// <summary>On this process's own clock, which keeps running while the process is frozen.</summary>
    private TimeSpan _sessionEnd;

    private TimeSpan _nextBeat;

    private int _turn;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await StepAsync();
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
            {
                await Task.Delay(100, CancellationToken.None); // The request may have succeeded. The next heartbeat or commit shows it.
            }
        }
    }

    private async Task StepAsync()
    {
        if (Now >= _nextBeat)
        {
            await HeartbeatAsync();
        }

        bool idle = true;
        foreach (int partition in _positions.Keys.Where(p => !_release.Contains(p)).ToArray())
        {
            if (Now >= _sessionEnd)
            {
                Drop("session expired");
            }

            if (_positions.ContainsKey(partition))
            {
                idle &= !await ConsumeAsync(partition);
            }

            if (Now >= _nextBeat)
            {
                return;
            }
        }

        await Task.Delay(idle ? 100 : 10);
    }

    private async Task HeartbeatAsync()
    {
        foreach (int partition in _release)
        {
            _positions.Remove(partition); // Its last page is committed. This heartbeat releases it.
        }

        _release.Clear();
        TimeSpan sent = Now;
        var body = new JsonObject
        {
            ["member"] = _member,
            ["sessionTimeout"] = "PT6S",
            ["owned"] = new JsonArray([.. _positions.Keys.Select(p => (JsonNode)p)]),
            ["generation"] = _generation,
        };
        using HttpResponseMessage answer = await _http.PostAsJsonAsync(Address($"{group}/members"), body);
        if (answer.StatusCode == HttpStatusCode.Conflict)
        {
            Drop("answered " + (string?)(await ReadAsync(answer))["code"]);
        }

        if (answer.StatusCode != HttpStatusCode.OK)
        {
            return;
        }

        JsonNode told = await ReadAsync(answer);
        _member = (string)told["member"]!;
        _generation = (long)told["generation"]!;
        if ((bool)told["renewed"]!)
        {
            _sessionEnd = sent + XmlConvert.ToTimeSpan((string)told["sessionTimeout"]!);
        }

        _nextBeat = sent + XmlConvert.ToTimeSpan((string)told["heartbeat"]!);
        Take(told);
    }

    private void Take(JsonNode told)
    {
        Dictionary<int, long> offsets = told["offsets"]!.AsArray().ToDictionary(o => (int)o!["partition"]!, o => (long)o!["offset"]!);
        HashSet<int> mine = [.. told["partitions"]!.AsArray().Select(p => (int)p!)];
        _release.UnionWith(told["release"]!.AsArray().Select(p => (int)p!));
        foreach (int lost in _positions.Keys.Where(p => !mine.Contains(p) && !_release.Contains(p)).ToArray())
        {
            _positions.Remove(lost);
        }

        foreach (int partition in mine.Where(p => !_positions.ContainsKey(p)))
        {
            _positions[partition] = offsets.GetValueOrDefault(partition);
            Console.WriteLine($"S {partition} {_positions[partition]}");
        }
    }

    /// <returns>False if the partition has no new events.</returns>
    private async Task<bool> ConsumeAsync(int partition)
    {
        long from = _positions[partition];

        // The commit must carry the member and generation of the read, even if a heartbeat changes them in between.
        (string? member, long? generation) = (_member, _generation);
        using HttpResponseMessage read = await _http.GetAsync(Address($"{stream}/partitions/{partition}/events?offset={from}&limit={PageEvents}"));
        if (read.StatusCode == HttpStatusCode.Gone)
        {
            _positions[partition] = (long)(await ReadAsync(read))["logStartOffset"]!;
            Console.WriteLine($"L {partition} {from} {_positions[partition]}");
            return true;
        }

        JsonNode page = await ReadAsync(read.EnsureSuccessStatusCode());
        long next = (long)page["nextOffset"]!;
        if (next == from)
        {
            return false;
        }

        Console.WriteLine($"E {partition} {from} {next}");
        var body = new JsonObject
        {
            ["offsets"] = new JsonArray(new JsonObject { ["partition"] = partition, ["offset"] = next }),
            ["member"] = member,
            ["generation"] = generation,
        };
        using HttpResponseMessage answer = await _http.PutAsJsonAsync(Address($"{group}/offsets"), body);
        if (answer.StatusCode == HttpStatusCode.NoContent)
        {
            _positions[partition] = next;
            Console.WriteLine($"C {partition} {next}");
        }
        else if (answer.StatusCode == HttpStatusCode.Conflict)
        {
            Drop("answered " + (string?)(await ReadAsync(answer))["code"]);
        }

        return true;
    }

    private void Drop(string why)
    {
        Console.WriteLine($"X {why}");
        _positions.Clear();
        _release.Clear();
        (_member, _generation, _sessionEnd, _nextBeat) = (null, null, TimeSpan.Zero, TimeSpan.Zero);
    }

    private Uri Address(string path) => new(addresses[_turn++ % addresses.Length], path);

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
}
