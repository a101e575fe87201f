using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Headwater.Faults.Tests;

internal enum ProducerKind
{
    /// <summary>Sends each request once and ignores the outcome.</summary>
    Plain,

    /// <summary>Repeats each request with the same Idempotency-Key until it is acknowledged.</summary>
    Keyed,

    /// <summary>Repeats each request with the same sequence number until it is acknowledged.</summary>
    Sequenced,
}

/// <summary>One client. It sends numbered events to one partition, each request to a random host.</summary>
internal sealed class Producer(ProducerKind kind, int index, int partition, HostFleet fleet, Ledger ledger)
{
    private const int EventsPerRequest = 3;

    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"{kind}-{index}");

    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };

    private long _epoch;

    private long _next;

    public async Task RunAsync(CancellationToken stop)
    {
        if (kind == ProducerKind.Sequenced)
        {
            await StartEpochAsync();
        }

        for (long request = 0; !stop.IsCancellationRequested; request++)
        {
            long first = _next;
            _next += EventsPerRequest;
            Write(first, new Entry(Outcome.Unknown, partition, null));
            Entry entry = await SendAsync(request, first);

            // A real producer would not give up on a request halfway, so this one finishes its last request after the run's time is over.
            while (kind != ProducerKind.Plain && entry.Outcome != Outcome.Acknowledged)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
                entry = await SendAsync(request, first);
            }

            Write(first, entry);
        }
    }

    private async Task StartEpochAsync()
    {
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = await _client.PostAsync(new Uri(fleet.Any(), $"/streams/faults/producers/{_name}"), null);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    _epoch = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("epoch").GetInt64();
                    return;
                }
            }
            catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private async Task<Entry> SendAsync(long request, long first)
    {
        try
        {
            using HttpRequestMessage message = Message(request, first);
            using HttpResponseMessage answer = await _client.SendAsync(message);
            JsonElement body = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return answer.StatusCode == HttpStatusCode.OK ? Acknowledged(body) : Failed(answer.StatusCode, body);
        }
        catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException or JsonException or IOException)
        {
            return new Entry(Outcome.Unknown, partition, null);
        }
    }

    private HttpRequestMessage Message(long request, long first)
    {
        var events = Enumerable.Range(0, EventsPerRequest).Select(i => new { value = new { producer = _name, number = first + i } });
        var message = new HttpRequestMessage(HttpMethod.Post, new Uri(fleet.Any(), $"/streams/faults/partitions/{partition}/events"))
        {
            Content = JsonContent.Create(events),
        };
        if (kind == ProducerKind.Keyed)
        {
            message.Headers.Add("Idempotency-Key", $"{_name}-{request}");
        }
        else if (kind == ProducerKind.Sequenced)
        {
            message.Headers.Add("Producer-Id", _name);
            message.Headers.Add("Producer-Epoch", _epoch.ToString(CultureInfo.InvariantCulture));
            message.Headers.Add("Producer-Sequence", request.ToString(CultureInfo.InvariantCulture));
        }

        return message;
    }

    private Entry Acknowledged(JsonElement body)
    {
        JsonElement share = body.GetProperty("partitions")[0];
        long? offset = share.TryGetProperty("baseOffset", out JsonElement known) ? known.GetInt64() : null;
        return new Entry(Outcome.Acknowledged, share.GetProperty("partition").GetInt32(), offset);
    }

    /// <summary>Only storage errors are expected. A sequence gap, a fenced producer or a bad request is a defect.</summary>
    private Entry Failed(HttpStatusCode status, JsonElement problem)
    {
        string? code = problem.GetProperty("code").GetString();
        if (code is not ("storage_unavailable" or "append_unknown" or "overloaded" or "stream_changed"))
        {
            throw new InvalidOperationException($"{_name} got an unexpected {status}: {problem}{Environment.NewLine}{fleet.LastWords()}");
        }

        return new Entry(problem.GetProperty("appended").GetString() == "no" ? Outcome.Refused : Outcome.Unknown, partition, null);
    }

    private void Write(long first, Entry entry)
    {
        for (int i = 0; i < EventsPerRequest; i++)
        {
            ledger.Write(new EventName(_name, first + i), entry with { Offset = entry.Offset + i });
        }
    }
}
