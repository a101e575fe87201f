using Headwater.Http.Tests.Queued;

namespace Headwater.Http.Tests.OpenApi;

/// <summary>Requests that succeed: every route, media type and header.</summary>
internal sealed class ServedRequests(DeclaredAnswers answers)
{
    private const string Events = "/streams/s/partitions/0/events";
    private const string Group = "/streams/s/groups/g";

    private static readonly (string, string) Json = ("Content-Type", "application/json");

    private readonly QueueApi _queue = new();

    public async Task SendAsync()
    {
        await StreamsAsync();
        await AppendsAsync();
        await ReadsAsync();
        await QueueAsync();
        await GroupsAsync();
        await GetAsync(200, "/health");
        await GetAsync(200, "/ready");
        await GetAsync(200, "/openapi.json");
        await PostAsync(200, "/streams/s/maintenance", "{}");
        await SendAsync(204, "DELETE", "/streams/s");
    }

    private async Task StreamsAsync()
    {
        await SendAsync(201, "PUT", "/streams/s", """{"partitions":2,"inbox":true}""", Json);
        await SendAsync(200, "PUT", "/streams/s", """{"partitions":2,"inbox":true}""", Json);
        await SendAsync(201, "PUT", "/streams/t", "{}", Json);
        Reply stream = await GetAsync(200, "/streams/s");
        await GetAsync(304, "/streams/s", ("If-None-Match", stream.Header("ETag")));
        await SendAsync(200, "PATCH", "/streams/s", """{"doc":"Departures"}""", Json);
        await GetAsync(200, "/streams?limit=1");
        await GetAsync(200, "/streams/s/partitions");
        await GetAsync(200, "/streams/s/segments");
    }

    private async Task AppendsAsync()
    {
        await PostAsync(200, "/streams/s/producers/p", null);
        foreach (string path in (string[])["/streams/s/events", Events])
        {
            (string, string)[] headers = [("Idempotency-Key", path), ("Prefer", "return=representation")];
            await PostAsync(200, path, """[{"value":1}]""", headers);
            await PostAsync(200, path, """[{"value":1}]""", headers);
            await PostAsync(202, path, """[{"value":2}]""", ("Prefer", "respond-async"));
        }
    }

    private async Task ReadsAsync()
    {
        foreach (string type in (string[])["application/json", "application/x-ndjson", "application/cloudevents-batch+json", "application/avro"])
        {
            await GetAsync(200, Events, ("Accept", type));
        }

        foreach (string type in (string[])["application/json", "application/x-ndjson"])
        {
            await GetAsync(200, "/streams/s/events", ("Accept", type));
        }

        await GetAsync(200, "/streams/s/segments?limit=1");
        Reply end = await GetAsync(200, $"{Events}?offset=latest");
        await GetAsync(304, $"{Events}?offset=latest", ("If-None-Match", end.Header("ETag")));
    }

    private async Task QueueAsync()
    {
        Reply accepted = await PostAsync(202, "/streams/s/events", """[{"value":3}]""", ("Prefer", "respond-async"));
        await GetAsync(200, accepted.Header("Location"));
        await _queue.PutAsync("inbox", "not an envelope");
        await _queue.DrainAsync();
        await GetAsync(200, accepted.Header("Location"));
        Reply poison = await GetAsync(200, "/appends/poison?limit=1");
        await SendAsync(204, "DELETE", $"/appends/poison/{poison.Json["messages"]![0]!["ref"]}");
        await _queue.PutAsync("inbox", "not an envelope either");
        await _queue.DrainAsync();
        await PostAsync(200, "/appends/poison/redrive", null);
    }

    private async Task GroupsAsync()
    {
        await PostAsync(200, $"{Group}/members", """{"member":"m"}""");
        await SendAsync(204, "DELETE", $"{Group}/members/m");
        await SendAsync(204, "PUT", $"{Group}/offsets", """{"offsets":[{"partition":0,"offset":1,"metadata":"x"}]}""", Json);
        await PostAsync(200, $"{Group}/members", """{"member":"m"}""");
        Reply group = await GetAsync(200, Group);
        await GetAsync(304, Group, ("If-None-Match", group.Header("ETag")));
        await PostAsync(200, $"{Group}/reset/force", """{"to":"latest"}""");
        await SendAsync(204, "PUT", "/streams/s/groups/h/offsets", """{"offsets":[{"partition":1,"offset":0}]}""", Json);
        await PostAsync(200, "/streams/s/groups/h/reset", """{"to":"latest"}""");
        await GetAsync(200, "/streams/s/groups?limit=1");
        await SendAsync(204, "DELETE", Group);
    }

    private Task<Reply> GetAsync(int status, string path, params (string, string)[] headers) => SendAsync(status, "GET", path, null, headers);

    private Task<Reply> PostAsync(int status, string path, string? body, params (string, string)[] headers) =>
        SendAsync(status, "POST", path, body, [Json, .. headers]);

    private Task<Reply> SendAsync(int status, string method, string path, string? body = null, params (string, string)[] headers) =>
        answers.SendAsync(_queue.Api, status, method, path, body, headers);
}
