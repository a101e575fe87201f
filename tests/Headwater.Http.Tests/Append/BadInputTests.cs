using System.IO.Compression;
using System.Text;
using Headwater.Log.Model;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Append;

/// <summary>Bad requests are rejected with the fault and its place, and change nothing in storage.</summary>
public sealed class BadInputTests
{
    private const string Schema =
        """{"type":"record","name":"Flight","fields":[{"name":"origin","type":"string"},{"name":"delay","type":["null","int"],"default":null}]}""";
    private const string Good = """{"value":{"origin":"ABQ"}}""";

    private readonly TestApi _api = new();

    [Theory]
    [InlineData("""[{"value":{"origin":"ABQ"}},{"value":{"origin":7}}]""", "1 /value/origin")]
    [InlineData("""[{"value":{"origin":"ABQ","dealy":3}}]""", "0 /value/dealy")]
    [InlineData("""[{"value":{"delay":3}}]""", "0 /value/origin")]
    [InlineData("""[{"value":{"origin":"ABQ","delay":2147483648}}]""", "0 /value/delay")]
    [InlineData("""[{"value":{"origin":"ABQ","origin":"LAX"}}]""", "0 /value/origin")]
    [InlineData("""[{"value":{"origin":"\ud800"}}]""", "0 /value/origin")]
    [InlineData("""[{"value":"ABQ"}]""", "0 /value")]
    [InlineData("""[{"value":null}]""", "0 /value")]
    [InlineData("""[{"key":"a"}]""", "0 /value")]
    [InlineData("""[{"value":{"origin":"ABQ"}},5]""", "1")]
    [InlineData("""[null]""", "0")]
    [InlineData("""[{"key":5,"value":{"origin":"ABQ"}}]""", "0 /key")]
    [InlineData("""[{"key":"\udc00","value":{"origin":"ABQ"}}]""", "0 /key")]
    [InlineData("""[{"key":"a","key":"b","value":{"origin":"ABQ"}}]""", "0 /key")]
    [InlineData("""[{"headers":[],"value":{"origin":"ABQ"}}]""", "0 /headers")]
    [InlineData("""[{"headers":{"a/b~c":1},"value":{"origin":"ABQ"}}]""", "0 /headers/a~1b~0c")]
    [InlineData("""[{"headers":{"a":"1","a":"2"},"value":{"origin":"ABQ"}}]""", "0 /headers/a")]
    [InlineData("""[{"headers":{"\ud800":"1"},"value":{"origin":"ABQ"}}]""", "0 /headers")]
    [InlineData("""[{"headers":{"a":"\ud800"},"value":{"origin":"ABQ"}}]""", "0 /headers/a")]
    [InlineData("""[{"time":"2024-05-01T12:00:00","value":{"origin":"ABQ"}}]""", "0 /time")]
    [InlineData("""[{"time":"yesterday","value":{"origin":"ABQ"}}]""", "0 /time")]
    [InlineData("""[{"time":1.5,"value":{"origin":"ABQ"}}]""", "0 /time")]
    [InlineData("""[{"time":9223372036854775807,"value":{"origin":"ABQ"}}]""", "0 /time")]
    public Task An_event_that_does_not_fit_is_named_by_index_and_pointer(string body, string fault) =>
        RefusedAsync(body, "application/json", 422, "event_invalid", fault);

    [Fact]
    public Task Every_event_that_does_not_fit_is_named() =>
        RefusedAsync($$"""[{"value":1},{{Good}},{"key":2,"value":3}]""", "application/json", 422, "event_invalid", "0 /value", "2 /key");

    [Fact]
    public async Task Only_the_first_hundred_faults_are_named()
    {
        await _api.CreateAsync($$"""{"schema":{{Schema}}}""");
        Reply reply = await _api.PostAsync("/streams/s/events", $"[{string.Join(",", Enumerable.Repeat("""{"value":1}""", 150))}]");
        Assert.Equal(Limits.FaultsReported, reply.Faults.Length);
    }

    [Theory]
    [InlineData("""[{"value":{"origin":"ABQ"}},{"value":{"origin":"ABQ"},"keys":"a"}]""", "1 /keys")]
    [InlineData("""[{"value":{"origin":"ABQ"},"\ud800":"a"}]""", "0 /")]
    [InlineData("""{"events":[],"extra/x":1}""", "/extra~1x")]
    [InlineData("""{"origin":"ABQ"}""", "/origin")]
    public Task An_unknown_member_is_refused_by_name(string body, string fault) => RefusedAsync(body, "application/json", 400, "unknown_member", fault);

    [Theory]
    [InlineData("""[{"value":{"origin":"ABQ"}},{"value":{"origin":]}]""", "1 /value/origin")]
    [InlineData("""{"events":[{"value":1},{"value":{"origin":"ABQ"},,}]}""", "1 /value")]
    [InlineData("""[{"value":{"origin":"ABQ"}},""", "1")]
    [InlineData("""[{"value":1}] trailing""", "")]
    [InlineData("", "")]
    [InlineData("not json", "")]
    [InlineData("""[{"value":01}]""", "0 /value")]
    public Task JSON_that_cannot_be_parsed_is_refused_with_the_place(string body, string fault) =>
        RefusedAsync(body, "application/json", 400, "malformed_body", fault);

    [Theory]
    [InlineData("5")]
    [InlineData("""{"events":{}}""")]
    [InlineData("{}")]
    [InlineData("""{"events":[{"value":{"origin":"ABQ"}}],"events":[]}""")]
    public Task A_body_that_is_no_list_of_events_is_refused(string body) => RefusedAsync(body, "application/json", 400, "malformed_body");

    [Fact]
    public Task JSON_nested_too_deep_is_refused() =>
        RefusedAsync($"[{{\"value\":{new string('[', 1000)}{new string(']', 1000)}}}]", "application/json", 400, "malformed_body");

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_refused_with_the_place()
    {
        await _api.CreateAsync();
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await _api.SendAsync("POST", "/streams/s/events", [.. "[{\"value\":\""u8, 0xC3, 0x28, .. "\"}]"u8]);
        Assert.Equal("The body is not valid UTF-8 at byte 11.", (string?)reply.Json["detail"]);
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Theory]
    [InlineData("[]", "application/json")]
    [InlineData("""{"events":[]}""", "application/json")]
    [InlineData("", "application/x-ndjson")]
    [InlineData("\n\n", "application/x-ndjson")]
    public Task An_empty_batch_is_refused(string body, string type) => RefusedAsync(body, type, 400, "empty_batch");

    [Fact]
    public async Task An_unknown_stream_is_not_found()
    {
        Reply reply = await _api.PostAsync("/streams/none/events", $"[{Good}]");
        Assert.Equal((404, "stream_not_found"), (reply.Status, reply.Code));
    }

    [Theory]
    [InlineData("/streams/Bad%20Name/events", "invalid_name")]
    [InlineData("/streams/headwater.x/events", "reserved_name")]
    public async Task A_bad_name_is_refused(string path, string code)
    {
        Reply reply = await _api.PostAsync(path, $"[{Good}]");
        Assert.Equal((400, code), (reply.Status, reply.Code));
    }

    [Theory]
    [InlineData("/streams/s/partitions/1/events", 404, "partition_not_found")]
    [InlineData("/streams/s/partitions/x/events", 400, "invalid_parameter")]
    [InlineData("/streams/s/partitions/-1/events", 400, "invalid_parameter")]
    [InlineData("/streams/s/partitions/99999999999/events", 400, "invalid_parameter")]
    [InlineData("/streams/s/events?limit=3", 400, "invalid_parameter")]
    public async Task A_bad_path_or_query_is_refused(string path, int status, string code)
    {
        await _api.CreateAsync();
        Reply reply = await _api.PostAsync(path, $"[{Good}]");
        Assert.Equal((status, code), (reply.Status, reply.Code));
    }

    [Fact]
    public async Task A_key_of_another_partition_is_refused_where_one_is_named()
    {
        await _api.CreateAsync("""{"partitions":2}""");
        Reply right = await _api.PostAsync("/streams/s/events", """[{"key":"abc","value":1}]""");
        int wrong = 1 - (int)right.Json["partitions"]![0]!["partition"]!;
        Reply reply = await _api.PostAsync($"/streams/s/partitions/{wrong}/events", """[{"key":"abc","value":1}]""");
        Assert.Equal((422, "0 /key"), (reply.Status, reply.Faults.Single()));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("nonsense")]
    [InlineData("multipart/form-data; boundary=x")]
    public Task Another_media_type_is_refused(string type) => RefusedAsync($"[{Good}]", type, 415, "unsupported_media_type");

    [Fact]
    public async Task A_refused_media_type_tells_what_is_taken()
    {
        await _api.CreateAsync();
        Reply reply = await _api.PostAsync("/streams/s/events", "x", ("Content-Type", "text/plain"));
        Assert.Contains("application/x-ndjson", reply.Json["accepted"]!.AsArray().Select(a => (string)a!));
    }

    [Fact]
    public async Task Another_content_encoding_is_refused()
    {
        await _api.CreateAsync();
        Reply reply = await _api.PostAsync("/streams/s/events", $"[{Good}]", ("Content-Encoding", "br"));
        Assert.Equal((415, "unsupported_media_type"), (reply.Status, reply.Code));
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_before_it_is_read()
    {
        await _api.CreateAsync();
        var context = TestApi.Context("POST", "/streams/s/events", []);
        context.Request.ContentLength = Limits.BodyBytes + 1;
        await _api.Api.HandleAsync(context);
        Assert.Equal("body_too_large", (await Reply.OfAsync(context)).Code);
    }

    [Fact]
    public async Task A_body_of_unknown_length_over_the_limit_is_refused()
    {
        await _api.CreateAsync();
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        var context = TestApi.Context("POST", "/streams/s/events", new byte[Limits.BodyBytes + 1]);
        context.Request.ContentLength = null;
        await _api.Api.HandleAsync(context);
        Assert.Equal(413, (await Reply.OfAsync(context)).Status);
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Fact]
    public async Task A_body_that_decompresses_beyond_the_limit_is_refused()
    {
        await _api.CreateAsync();
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await _api.SendAsync("POST", "/streams/s/events", Zip(new byte[Limits.DecompressedBytes + 1]), ("Content-Encoding", "gzip"));
        Assert.Equal((413, "body_too_large"), (reply.Status, reply.Code));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Fact]
    public Task Too_many_events_are_refused() =>
        RefusedAsync($"[{string.Join(",", Enumerable.Repeat(Good, Limits.EventsPerRequest + 1))}]", "application/json", 413, "too_many_events");

    [Fact]
    public async Task An_event_over_the_limit_is_refused_with_its_index()
    {
        await _api.CreateAsync();
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await _api.PostAsync("/streams/s/events", $$"""[{"value":1},{"value":"{{new string('x', Limits.EventBytes)}}"}]""");
        Assert.Equal((413, "event_too_large", 1), (reply.Status, reply.Code, (int)reply.Json["index"]!));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Fact]
    public Task A_key_over_the_limit_is_refused() =>
        RefusedAsync(
            $$$"""[{"key":"{{{new string('k', Limits.KeyBytes + 1)}}}","value":{"origin":"ABQ"}}]""", "application/json", 422, "event_invalid", "0 /key");

    [Fact]
    public Task Headers_over_the_limit_are_refused() =>
        RefusedAsync(
            $$$"""[{"headers":{ {{{string.Join(",", Enumerable.Range(0, Limits.HeadersPerEvent + 9).Select(i => $"\"h{i}\":\"\""))}}} """
                + $$$"""},"value":{"origin":"ABQ"}}]""",
            "application/json",
            422,
            "event_invalid",
            "0 /headers");

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(30)]
    public async Task Gzip_cut_short_is_refused(int missing)
    {
        byte[] zipped = Zip(Encoding.UTF8.GetBytes("""[{"value":"a value long enough to be worth it, long enough"}]"""));
        await RefusedGzipAsync(zipped[..^missing]);
    }

    [Fact]
    public Task Gzip_of_no_bytes_is_refused() => RefusedGzipAsync([]);

    [Fact]
    public async Task Gzip_with_a_flipped_bit_is_refused()
    {
        byte[] zipped = Zip(Encoding.UTF8.GetBytes("""[{"value":"a value long enough to be worth it, long enough"}]"""));
        zipped[^6] ^= 1;
        await RefusedGzipAsync(zipped);
    }

    [Fact]
    public Task Gzip_with_bytes_behind_it_is_refused() => RefusedGzipAsync([.. Zip("[{\"value\":1}]"u8.ToArray()), 1, 2, 3]);

    [Fact]
    public Task What_is_not_gzip_is_refused() => RefusedGzipAsync("[{\"value\":1}] and more of it"u8.ToArray());

    private static byte[] Zip(byte[] plain)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(plain);
        }

        return zipped.ToArray();
    }

    private async Task RefusedGzipAsync(byte[] body)
    {
        await _api.CreateAsync();
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await _api.SendAsync("POST", "/streams/s/events", body, ("Content-Encoding", "gzip"));
        Assert.Equal((400, "malformed_body"), (reply.Status, reply.Code));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    private async Task RefusedAsync(string body, string type, int status, string code, params string[] faults)
    {
        await _api.CreateAsync($$"""{"schema":{{Schema}}}""");
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await _api.PostAsync("/streams/s/events", body, ("Content-Type", type));
        Assert.Equal((status, code, "no"), (reply.Status, reply.Code, (string?)reply.Json["appended"]));
        if (faults.Length > 0)
        {
            Assert.Equal(faults, reply.Faults);
        }

        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }
}
