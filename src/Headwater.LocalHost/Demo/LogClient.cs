using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Headwater.LocalHost.Errors;

namespace Headwater.LocalHost.Demo;

/// <summary>A client of the HTTP API with the calls that the demo needs.</summary>
internal sealed class LogClient(HttpClient http)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    public async Task CreateAsync(DemoStream stream, CancellationToken cancellation)
    {
        using StringContent body = new(stream.Settings(), Json);
        using HttpResponseMessage answer = await http.PutAsync(new Uri($"/streams/{stream.Name}", UriKind.Relative), body, cancellation);
        await ExpectAsync(answer, HttpStatusCode.Created, cancellation);
    }

    /// <returns>The partition and offset of each event, in request order.</returns>
    public async Task<IReadOnlyList<Placement>> PostAsync(DemoStream stream, ReadOnlyMemory<byte> events, CancellationToken cancellation)
    {
        using ReadOnlyMemoryContent body = new(events);
        body.Headers.ContentType = Json;
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri($"/streams/{stream.Name}/events", UriKind.Relative)) { Content = body };
        request.Headers.Add("Prefer", "return=representation");
        using JsonDocument answer = await SendAsync(request, cancellation);
        return [.. answer.RootElement.GetProperty("offsets").EnumerateArray().Select(o => new Placement(o[0].GetInt32(), o[1].GetInt64()))];
    }

    /// <summary>One page of a partition's events.</summary>
    public async Task<EventPage> ReadAsync(DemoStream stream, int partition, long offset, CancellationToken cancellation)
    {
        string path = $"/streams/{stream.Name}/partitions/{partition}/events?offset={offset}&limit=10000&maxBytes=33554432";
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(path, UriKind.Relative));
        using JsonDocument answer = await SendAsync(request, cancellation);
        JsonElement root = answer.RootElement;
        List<(long Offset, LogEvent Event)> events =
            [.. root.GetProperty("events").EnumerateArray().Select(e => (e.GetProperty("offset").GetInt64(), stream.Read(e)))];
        return new EventPage(events, root.GetProperty("nextOffset").GetInt64());
    }

    public async Task<IReadOnlyList<SegmentFile>> SegmentsAsync(DemoStream stream, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"/streams/{stream.Name}/segments", UriKind.Relative));
        using JsonDocument answer = await SendAsync(request, cancellation);
        return
        [
            .. answer.RootElement.GetProperty("segments").EnumerateArray().Select(s => new SegmentFile(
                s.GetProperty("partition").GetInt32(),
                new Uri(s.GetProperty("url").GetString()!)))
        ];
    }

    private async Task<JsonDocument> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await ExpectAsync(answer, HttpStatusCode.OK, cancellation);
        await using Stream body = await answer.Content.ReadAsStreamAsync(cancellation);
        return await JsonDocument.ParseAsync(body, cancellationToken: cancellation);
    }

    private static async Task ExpectAsync(HttpResponseMessage answer, HttpStatusCode status, CancellationToken cancellation)
    {
        if (answer.StatusCode != status)
        {
            string said = await answer.Content.ReadAsStringAsync(cancellation);
            throw new HostException(
                $"{answer.RequestMessage?.Method} {answer.RequestMessage?.RequestUri?.PathAndQuery} was answered {(int)answer.StatusCode}: {said}");
        }
    }
}

/// <summary>The partition and offset of an event.</summary>
internal readonly record struct Placement(int Partition, long Offset);

internal sealed record EventPage(IReadOnlyList<(long Offset, LogEvent Event)> Events, long Next);

internal sealed record SegmentFile(int Partition, Uri Url);
