using System.Text.Json.Nodes;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Streams;

public sealed class StreamTests
{
    private const string Everything = """
        {"kind":"entity","partitions":4,"schema":{"type":"record","name":"A","fields":[{"name":"a","type":"int","doc":"d"}]},"codec":"zstandard",
         "retention":{"time":"P30D","bytes":2000000},"compaction":{"minLag":"PT1H","tombstoneRetention":"P1W"},
         "owner":"team","doc":"text","tags":["x","y"],"inbox":true}
        """;

    private readonly TestApi _api = new();

    [Fact]
    public async Task A_stream_is_created_with_defaults()
    {
        Reply reply = await PutAsync("{}");
        JsonObject stream = reply.Json.AsObject();
        stream.Remove("streamId");
        Assert.Equal(201, reply.Status);
        Assert.Equal(
            """{"name":"s","kind":"event","partitions":1,"schemaless":true,"schemaVersion":1,"codec":"deflate","ownerEnforced":false"""
                + ""","tags":[],"inbox":false,"created":"2024-05-01T12:00:00Z"}""",
            stream.ToJsonString());
    }

    [Fact]
    public async Task A_stream_is_created_without_a_body()
    {
        Assert.Equal(201, (await _api.SendAsync("PUT", "/streams/s")).Status);
    }

    [Fact]
    public async Task All_settings_come_back()
    {
        await PutAsync(Everything);
        JsonObject stream = (await _api.GetAsync("/streams/s")).Json.AsObject();
        foreach (string ours in (string[])["name", "streamId", "schemaless", "schemaVersion", "ownerEnforced", "created"])
        {
            stream.Remove(ours);
        }

        var expected = JsonNode.Parse(Everything.Replace("P1W", "P7D", StringComparison.Ordinal));
        Assert.True(JsonNode.DeepEquals(expected, stream), stream.ToJsonString());
    }

    [Fact]
    public async Task Creating_tells_where_the_stream_is() => Assert.Equal("/streams/s", (await PutAsync("{}")).Header("Location"));

    [Fact]
    public async Task Creating_the_same_again_is_200()
    {
        await PutAsync(Everything);
        Assert.Equal(200, (await PutAsync(Everything.Replace("\"entity\"", " \"entity\" ", StringComparison.Ordinal))).Status);
    }

    [Fact]
    public async Task Defaults_are_applied_before_comparing()
    {
        await PutAsync("{}");
        Assert.Equal(200, (await PutAsync("""{"kind":"event","partitions":1,"codec":"deflate","inbox":false,"tags":[],"owner":null}""")).Status);
    }

    [Fact]
    public async Task Creating_a_different_one_is_409_and_changes_nothing()
    {
        await PutAsync("{}");
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await PutAsync("""{"partitions":2}""");
        Assert.Equal((409, "stream_differs"), (reply.Status, reply.Code));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Theory]
    [InlineData("""{"partition":2}""", 400, "unknown_member", "/partition")]
    [InlineData("""{"retention":{"hours":2}}""", 400, "unknown_member", "/retention/hours")]
    [InlineData("""{"partitions":"four"}""", 400, "invalid_parameter", "/partitions")]
    [InlineData("""{"partitions":0}""", 400, "invalid_parameter", "/partitions")]
    [InlineData("""{"partitions":1025}""", 400, "invalid_parameter", "/partitions")]
    [InlineData("""{"partitions":1.5}""", 400, "invalid_parameter", "/partitions")]
    [InlineData("""{"kind":"table"}""", 400, "invalid_parameter", "/kind")]
    [InlineData("""{"codec":"gzip"}""", 400, "invalid_parameter", "/codec")]
    [InlineData("""{"retention":{"time":"P1M"}}""", 400, "invalid_parameter", "/retention/time")]
    [InlineData("""{"retention":{"time":"PT0S"}}""", 400, "invalid_parameter", "/retention/time")]
    [InlineData("""{"retention":{"time":"-P1D"}}""", 400, "invalid_parameter", "/retention/time")]
    [InlineData("""{"retention":{"time":30}}""", 400, "invalid_parameter", "/retention/time")]
    [InlineData("""{"retention":{"bytes":0}}""", 400, "invalid_parameter", "/retention/bytes")]
    [InlineData("""{"retention":5}""", 400, "invalid_parameter", "/retention")]
    [InlineData("""{"compaction":{"minLag":"soon"}}""", 400, "invalid_parameter", "/compaction/minLag")]
    [InlineData("""{"tags":["a","a"]}""", 400, "invalid_parameter", "/tags/1")]
    [InlineData("""{"tags":"a"}""", 400, "invalid_parameter", "/tags")]
    [InlineData("""{"tags":[""]}""", 400, "invalid_parameter", "/tags/0")]
    [InlineData("""{"inbox":"yes"}""", 400, "invalid_parameter", "/inbox")]
    [InlineData("""{"owner":7}""", 400, "invalid_parameter", "/owner")]
    public async Task A_setting_that_makes_no_sense_is_refused_by_pointer(string body, int status, string code, string pointer)
    {
        Reply reply = await PutAsync(body);
        Assert.Equal((status, code, pointer), (reply.Status, reply.Code, reply.Faults.Single()));
        Assert.Empty((await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation)).Items);
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once()
    {
        Reply reply = await PutAsync("""{"kind":"x","partitions":0,"more":1}""");
        Assert.Equal(["/kind", "/partitions", "/more"], reply.Faults);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"kind":"event","kind":"entity"}""")]
    public async Task A_body_that_is_no_object_is_malformed(string body)
    {
        Reply reply = await PutAsync(body);
        Assert.Equal((400, "malformed_body"), (reply.Status, reply.Code));
    }

    [Theory]
    [InlineData("""{"schema":{"type":"record","name":"A"}}""")]
    [InlineData("""{"schema":"flight"}""")]
    [InlineData("""{"schema":{"type":"record","name":"HeadwaterEvent","fields":[]}}""")]
    public async Task A_schema_that_is_not_one_is_422(string body)
    {
        Reply reply = await PutAsync(body);
        Assert.Equal((422, "schema_invalid"), (reply.Status, reply.Code));
    }

    [Theory]
    [InlineData("UPPER", "invalid_name")]
    [InlineData("-x", "invalid_name")]
    [InlineData("headwater.x", "reserved_name")]
    public async Task A_bad_name_is_refused(string name, string code)
    {
        Reply reply = await _api.SendAsync("PUT", $"/streams/{name}", "{}");
        Assert.Equal((400, code), (reply.Status, reply.Code));
    }

    [Fact]
    public async Task A_body_of_another_media_type_is_415()
    {
        Reply reply = await _api.SendAsync("PUT", "/streams/s", "kind: event", ("Content-Type", "application/yaml"));
        Assert.Equal(415, reply.Status);
    }

    [Fact]
    public async Task Patching_changes_only_what_is_named()
    {
        await PutAsync(Everything);
        Reply reply = await PatchAsync("""{"doc":null,"tags":["z"],"retention":{"bytes":2000000}}""");
        Assert.Equal(
            (null, """["z"]""", """{"bytes":2000000}""", "team", true),
            (
                (string?)reply.Json["doc"],
                reply.Json["tags"]!.ToJsonString(),
                reply.Json["retention"]!.ToJsonString(),
                (string?)reply.Json["owner"],
                (bool)reply.Json["inbox"]!));
    }

    [Fact]
    public async Task What_was_patched_is_kept()
    {
        await PutAsync("{}");
        await PatchAsync("""{"doc":"new"}""");
        Assert.Equal("new", (string?)(await _api.GetAsync("/streams/s")).Json["doc"]);
    }

    [Theory]
    [InlineData("kind", "\"entity\"")]
    [InlineData("partitions", "2")]
    [InlineData("codec", "\"null\"")]
    [InlineData("schema", "\"int\"")]
    [InlineData("name", "\"t\"")]
    public async Task What_is_settled_cannot_be_patched(string member, string value)
    {
        await PutAsync("{}");
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await PatchAsync($$"""{"{{member}}":{{value}}}""");
        Assert.Equal((400, "unknown_member", $"/{member}"), (reply.Status, reply.Code, reply.Faults.Single()));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Fact]
    public async Task A_merge_patch_is_taken()
    {
        await PutAsync("{}");
        Assert.Equal(200, (await _api.SendAsync("PATCH", "/streams/s", """{"doc":"d"}""", ("Content-Type", "application/merge-patch+json"))).Status);
    }

    [Fact]
    public async Task A_deleted_stream_is_gone()
    {
        await PutAsync("{}");
        Assert.Equal(204, (await _api.SendAsync("DELETE", "/streams/s")).Status);
        Assert.Equal(404, (await _api.GetAsync("/streams/s")).Status);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task A_stream_that_is_not_there_is_404(string method)
    {
        Reply reply = await _api.SendAsync(method, "/streams/none");
        Assert.Equal((404, "stream_not_found"), (reply.Status, reply.Code));
    }

    [Fact]
    public async Task Streams_are_listed_page_by_page()
    {
        foreach (string name in (string[])["c", "a", "b"])
        {
            await _api.CreateAsync(name: name);
        }

        Reply first = await _api.GetAsync("/streams?limit=2");
        Assert.Equal(("a,b", "b", "</streams?after=b&limit=2>; rel=\"next\""), (Names(first), (string?)first.Json["next"], first.Header("Link")));
        Reply second = await _api.GetAsync("/streams?limit=2&after=b");
        Assert.Equal(("c", null), (Names(second), (string?)second.Json["next"]));
    }

    [Fact]
    public async Task Lists_leave_the_schema_out()
    {
        await PutAsync("""{"schema":"int"}""");
        JsonNode stream = (await _api.GetAsync("/streams")).Json["streams"]![0]!;
        Assert.Equal((null, false), ((string?)stream["schema"], (bool)stream["schemaless"]!));
    }

    [Fact]
    public async Task A_reader_who_has_the_stream_already_gets_304()
    {
        await PutAsync("{}");
        string tag = (await _api.GetAsync("/streams/s")).Header("ETag");
        Reply reply = await _api.GetAsync("/streams/s", ("If-None-Match", tag));
        Assert.Equal((304, 0), (reply.Status, reply.Raw.Length));
    }

    [Fact]
    public async Task A_changed_stream_has_another_tag()
    {
        string tag = (await PutAsync("{}")).Header("ETag");
        await PatchAsync("""{"doc":"d"}""");
        Assert.Equal(200, (await _api.GetAsync("/streams/s", ("If-None-Match", tag))).Status);
    }

    private static string Names(Reply list) => string.Join(',', list.Json["streams"]!.AsArray().Select(s => (string?)s!["name"]));

    private Task<Reply> PutAsync(string body) => _api.SendAsync("PUT", "/streams/s", body, ("Content-Type", "application/json"));

    private Task<Reply> PatchAsync(string body) => _api.SendAsync("PATCH", "/streams/s", body, ("Content-Type", "application/json"));
}
