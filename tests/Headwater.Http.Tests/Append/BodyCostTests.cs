using System.IO.Compression;
using System.Text;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Append;

/// <summary>Small requests that parse or inflate to much: each is refused before the memory is spent, and nothing is stored.</summary>
public sealed class BodyCostTests
{
    private const int Values = 4_000_000;
    private const string Bytes = """{"type":"record","name":"R","fields":[{"name":"b","type":"bytes"}]}""";

    private readonly TestApi _api = new();

    public static TheoryData<string, string> Crowds => new()
    {
        { "application/json", "[" + Zeros(',') + "]" },
        { "application/json", "{\"events\":[" + Zeros(',') + "]}" },
        { "application/x-ndjson", Zeros('\n') },
        { "application/cloudevents-batch+json", "[" + Zeros(',') + "]" },
    };

    public static TheoryData<string, string> Giants => new()
    {
        { "application/json", "[{\"value\":" + Empties() + "}]" },
        { "application/json", "{\"events\":[{\"value\":" + Empties() + "}]}" },
        { "application/x-ndjson", "{\"value\":" + Empties() + "}\n" },
        { "application/cloudevents-batch+json", "[" + CloudEvent("data", Empties()) + "]" },
        { "application/cloudevents+json", CloudEvent("data", Empties()) },
        { "application/cloudevents+json", CloudEvent("data_base64", "\"" + Convert.ToBase64String(Encoding.UTF8.GetBytes(Empties())) + "\"") },
        { "application/json", "[{\"key\":\"" + new string('k', 8_000_000) + "\",\"value\":1}]" },
    };

    [Theory]
    [MemberData(nameof(Crowds))]
    public async Task More_items_than_a_request_takes_are_refused_before_they_are_parsed(string type, string body)
    {
        (Reply reply, long allocated) = await PostAsync(Gzip(body), type, "gzip");
        Assert.Equal((413, "too_many_events"), (reply.Status, reply.Code));
        Assert.InRange(allocated, 0, 64 << 20);
    }

    [Theory]
    [MemberData(nameof(Giants))]
    public async Task An_event_that_no_limit_allows_is_refused_before_it_is_parsed(string type, string body)
    {
        (Reply reply, _) = await PostAsync(Gzip(body), type, "gzip", """{"schema":{"type":"array","items":{"type":"array","items":"int"}}}""");
        Assert.Equal((413, "event_too_large"), (reply.Status, reply.Code));
        Assert.Equal(0, (int)reply.Json["index"]!);
    }

    [Fact]
    public async Task Defaults_that_make_an_event_too_large_are_not_written_beyond_the_limit()
    {
        string filler = new('x', 200_000);
        string schema = $$$"""{"type":"array","items":{"type":"record","name":"R","fields":[{"name":"f","type":"string","default":"{{{filler}}}"}]}}""";
        string body = "[{\"value\":[{}" + new StringBuilder().Insert(0, ",{}", 999) + "]}]";
        (Reply reply, long allocated) = await PostAsync(Gzip(body), "application/json", "gzip", $$"""{"schema":{{schema}}}""");
        Assert.Equal((413, "event_too_large"), (reply.Status, reply.Code));
        Assert.InRange(allocated, 0, 32 << 20);
    }

    [Fact]
    public async Task Faults_do_not_repeat_what_was_sent_at_length()
    {
        string name = new('n', 1_000_000);
        (Reply reply, _) = await PostAsync(Gzip("[" + string.Join(',', Enumerable.Repeat($$"""{"{{name}}":1}""", 20)) + "]"), "application/json", "gzip");
        Assert.Equal((400, "unknown_member", 20), (reply.Status, reply.Code, reply.Json["errors"]!.AsArray().Count));
        Assert.InRange(reply.Body.Length, 0, 100_000);
    }

    [Fact]
    public async Task Settings_of_more_than_1_MiB_are_refused_before_they_are_parsed()
    {
        Reply reply = await _api.SendAsync(
            "PUT", "/streams/t", Gzip("{\"tags\":[" + Zeros(',') + "]}"), ("Content-Type", "application/json"), ("Content-Encoding", "gzip"));
        Assert.Equal((413, "body_too_large", 1 << 20), (reply.Status, reply.Code, (int)reply.Json["limit"]!));
    }

    [Fact]
    public async Task An_Avro_block_of_more_than_32_MiB_is_refused()
    {
        await _api.CreateAsync($$"""{"schema":{{Bytes}}}""", "t");
        byte[] file = AvroFile.Deflated(Bytes, 1, new byte[33 << 20]);
        Reply reply = await _api.SendAsync("POST", "/streams/t/events", file, ("Content-Type", "application/avro"));
        Assert.Equal((413, "body_too_large", 32 << 20), (reply.Status, reply.Code, (int)reply.Json["limit"]!));
    }

    private static string Zeros(char between) => "0" + new StringBuilder().Insert(0, $"{between}0", Values - 1);

    // Encoded, each is one byte: the whole is within the limit of an event.
    private static string Empties() => "[[]" + new StringBuilder().Insert(0, ",[]", 900_000) + "]";

    private static string CloudEvent(string member, string data) =>
        $$"""{"specversion":"1.0","id":"1","source":"/a","type":"t","datacontenttype":"application/json","{{member}}":{{data}}}""";

    private static byte[] Gzip(string body)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(body));
        }

        return zipped.ToArray();
    }

    // In-memory ports complete at once, so the whole request runs on this thread.
    private async Task<(Reply Reply, long Allocated)> PostAsync(byte[] body, string type, string encoding, string settings = "{}")
    {
        await _api.CreateAsync(settings);
        BlobContents stored = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Reply reply = await _api.SendAsync("POST", "/streams/s/events", body, ("Content-Type", type), ("Content-Encoding", encoding));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        await stored.AssertNothingChangedAsync(TestApi.Cancellation);
        return (reply, allocated);
    }
}
