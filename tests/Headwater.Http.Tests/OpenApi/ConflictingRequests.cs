using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.Http.Tests.OpenApi;

/// <summary>Well-formed requests that the state of a stream, producer or group refuses.</summary>
internal sealed class ConflictingRequests(DeclaredAnswers answers)
{
    private const string Value = """[{"value":1}]""";
    private const string Group = "/streams/s/groups/g";

    private static readonly (string, string) Json = ("Content-Type", "application/json");

    private static readonly string[] AppendPaths = ["/streams/s/events", "/streams/s/partitions/0/events"];

    public async Task SendAsync()
    {
        await StreamsAsync();
        await AppendsAsync();
        await ForgottenAsync();
        await OverloadAsync();
        await ReadsAsync();
        await GroupsAsync();
        await ContentionAsync();
    }

    private async Task StreamsAsync()
    {
        TestApi api = await CreatedAsync();
        await answers.SendAsync(api, 409, "PUT", "/streams/s", """{"partitions":2}""", Json);
        await answers.SendAsync(api, 422, "PUT", "/streams/t", """{"schema":"no type"}""", Json);
    }

    private async Task AppendsAsync()
    {
        TestApi api = await CreatedAsync();
        foreach (string path in AppendPaths)
        {
            await answers.SendAsync(api, 409, "POST", path, Value, Json, ("Producer-Id", "p"), ("Producer-Epoch", "1"), ("Producer-Sequence", "0"));
            await answers.SendAsync(api, 412, "POST", path, Value, Json, ("If-Offset", "7"));
            await answers.SendAsync(api, 422, "POST", path, """[{"key":1,"value":1}]""", Json);
        }
    }

    /// <summary>The partition remembers one producer, and another one appended last.</summary>
    private async Task ForgottenAsync()
    {
        LogOptions few = LogOptions.Default with
        {
            SegmentAppends = 3,
            Memory = MemoryOptions.Default with { Producers = 1, ProducerYouth = TimeSpan.Zero },
        };
        TestApi api = await CreatedAsync(options: few);
        foreach (string producer in (string[])["p", "q"])
        {
            await answers.SendAsync(api, 200, "POST", $"/streams/s/producers/{producer}", "", Json);
            await answers.SendAsync(api, 200, "POST", AppendPaths[0], Value, [Json, .. Sequenced(producer, 0)]);
            api.Time.Advance(TimeSpan.FromMinutes(1));
        }

        await answers.SendAsync(api, 200, "POST", AppendPaths[0], Value, Json);
        await answers.SendAsync(api, 200, "POST", AppendPaths[0], Value, Json);
        foreach (string path in AppendPaths)
        {
            Reply forgotten = await answers.SendAsync(api, 409, "POST", path, Value, [Json, .. Sequenced("p", 1)]);
            Xunit.Assert.Equal("epoch_forgotten", forgotten.Code);
        }
    }

    /// <summary>One append waits for storage and takes all the memory that appends may take.</summary>
    private async Task OverloadAsync()
    {
        var script = new CallScript();
        TestApi api = await CreatedAsync(script, LogOptions.Default with { InFlightBytes = 1 });
        await answers.SendAsync(api, 200, "POST", AppendPaths[0], Value, Json);
        TaskCompletionSource stored = new();
        script.Next(StorageOperation.AppendBlock, CallFate.HeldUntil(stored.Task));
        Task<Reply> waiting = answers.SendAsync(api, 200, "POST", AppendPaths[0], Value, Json);
        foreach (string path in AppendPaths)
        {
            await answers.SendAsync(api, 429, "POST", path, Value, Json);
        }

        stored.SetResult();
        await waiting;
    }

    private async Task ReadsAsync()
    {
        TestApi api = await ExpiredAsync(new CallScript());
        await answers.SendAsync(api, 200, "POST", "/streams/s/maintenance", """{"work":["retain"]}""", Json);
        api.Time.Advance(TimeSpan.FromMinutes(1));
        await answers.SendAsync(api, 410, "GET", "/streams/s/partitions/0/events?offset=0");
        await answers.SendAsync(api, 416, "GET", "/streams/s/partitions/0/events?offset=99");
        await answers.SendAsync(api, 406, "GET", "/streams/s/partitions/0/events", "", ("Accept", "text/csv"));
        await answers.SendAsync(api, 410, "GET", "/streams/s/events?partitions=0:0");
        await answers.SendAsync(api, 416, "GET", "/streams/s/events?partitions=0:99");
        await answers.SendAsync(api, 406, "GET", "/streams/s/events", "", ("Accept", "application/avro"));
        foreach (string path in (string[])["/streams/s/partitions/0/events", "/streams/s/events", "/streams/s/partitions", "/streams/s/segments", Group])
        {
            await answers.SendAsync(api, 409, "GET", path, "", ("Stream-Id", "another"));
        }

        TestApi busy = await CreatedAsync(new CallScript(), LogOptions.Default with { WaitingReads = 0 });
        Reply end = await answers.SendAsync(busy, 200, "GET", "/streams/s/partitions/0/events?offset=latest&wait=PT1S");
        await answers.SendAsync(
            busy, 304, "GET", "/streams/s/partitions/0/events?offset=latest&wait=PT1S", "", ("If-None-Match", end.Header("ETag")));

        await answers.SendAsync(busy, 200, "GET", "/streams/s/events?offset=latest&wait=PT1S");

        TestApi full = await CreatedAsync(new CallScript(), LogOptions.Default with { ReadBytesInFlight = 1 });
        await answers.SendAsync(full, 200, "POST", AppendPaths[0], Value, Json);
        await answers.SendAsync(full, 429, "GET", "/streams/s/partitions/0/events");
        await answers.SendAsync(full, 429, "GET", "/streams/s/events");
    }

    private async Task GroupsAsync()
    {
        TestApi api = await CreatedAsync();
        await answers.SendAsync(api, 200, "POST", $"{Group}/members", """{"member":"m"}""", Json);
        await answers.SendAsync(api, 409, "POST", $"{Group}/members", """{"member":"other","owned":[0]}""", Json);
        await answers.SendAsync(api, 409, "PUT", $"{Group}/offsets", """{"offsets":[{"partition":0,"offset":0}]}""", Json);
        await answers.SendAsync(api, 416, "PUT", "/streams/s/groups/h/offsets", """{"offsets":[{"partition":0,"offset":9}]}""", Json);
        await answers.SendAsync(api, 409, "POST", $"{Group}/reset", """{"to":"earliest"}""", Json);
        await answers.SendAsync(api, 409, "DELETE", Group);
        await answers.SendAsync(api, 409, "DELETE", $"{Group}/members/m?generation=1");
    }

    /// <summary>Another process changes the document before each conditional write, so the write's condition never holds.</summary>
    private async Task ContentionAsync()
    {
        var script = new CallScript();
        TestApi api = await ExpiredAsync(script);
        await answers.SendAsync(api, 200, "POST", "/streams/s/producers/p", "", Json);
        await answers.SendAsync(api, 204, "PUT", $"{Group}/offsets", """{"offsets":[{"partition":0,"offset":1}]}""", Json);
        foreach (string document in (string[])["s/stream.json", "/producers/p.json", "/groups/g.json"])
        {
            script.Every(
                call => call.Operation == StorageOperation.Write && call.Name.EndsWith(document, StringComparison.Ordinal),
                CallFate.After(() => RewriteAsync(api.Blobs, document)));
        }

        await answers.SendAsync(api, 409, "PATCH", "/streams/s", """{"doc":"x"}""", Json);
        await answers.SendAsync(api, 409, "POST", "/streams/s/producers/p", "", Json);
        await answers.SendAsync(api, 409, "POST", $"{Group}/reset/force", """{"to":"latest"}""", Json);
        await answers.SendAsync(api, 409, "POST", "/streams/s/maintenance", """{"work":["retain"]}""", Json);
    }

    private static (string, string)[] Sequenced(string producer, int sequence) =>
        [("Producer-Id", producer), ("Producer-Epoch", "1"), ("Producer-Sequence", $"{sequence}")];

    private static async Task RewriteAsync(IBlobs blobs, string ending)
    {
        BlobPage page = await blobs.ListAsync("s/", null, 100, TestApi.Cancellation);
        BlobItem item = page.Items.Single(i => i.Name.EndsWith(ending, StringComparison.Ordinal));
        using BlobRead stored = (await blobs.ReadAsync(item.Name, 0, (int)item.Length, TestApi.Cancellation))!;
        await blobs.WriteAsync(item.Name, stored.Content.ToArray(), WriteCondition.Always, TestApi.Cancellation);
    }

    /// <summary>A stream with an event that retention may delete. Retention keeps the last segment that has events.</summary>
    private async Task<TestApi> ExpiredAsync(CallScript script)
    {
        TestApi api = await CreatedAsync(script, settings: """{"retention":{"time":"PT1H"}}""");
        await answers.SendAsync(api, 200, "POST", AppendPaths[0], Value, Json);
        api.Time.Advance(TimeSpan.FromHours(2));
        await answers.SendAsync(api, 200, "POST", "/streams/s/maintenance", """{"work":["seal"]}""", Json);
        await answers.SendAsync(api, 200, "POST", AppendPaths[0], Value, Json);
        api.Time.Advance(TimeSpan.FromHours(2));
        return api;
    }

    private static async Task<TestApi> CreatedAsync(CallScript? script = null, LogOptions? options = null, string settings = "{}")
    {
        var api = new TestApi(options: options, wrap: blobs => script is null ? blobs : new WatchedBlobs(blobs, script));
        await api.CreateAsync(settings);
        return api;
    }
}
