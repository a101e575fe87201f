using System.Text;
using Headwater.Log.Ports;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Streams;

/// <summary>RFC 9110, 13.1: a write whose condition is false is not performed.</summary>
public sealed class PreconditionTests
{
    private const string Other = "\"not-this-one\"";

    private readonly TestApi _api = new();

    [Theory]
    [InlineData("PUT", "If-None-Match", "*")]
    [InlineData("PUT", "If-None-Match", "TAG")]
    [InlineData("PUT", "If-None-Match", "W/TAG")]
    [InlineData("PUT", "If-Match", Other)]
    [InlineData("PUT", "If-Match", "W/TAG")]
    [InlineData("PATCH", "If-Match", Other)]
    [InlineData("PATCH", "If-Match", "W/TAG")]
    [InlineData("PATCH", "If-None-Match", "*")]
    [InlineData("PATCH", "If-None-Match", "\"a\", TAG")]
    [InlineData("DELETE", "If-Match", Other)]
    [InlineData("DELETE", "If-Match", "W/TAG")]
    [InlineData("DELETE", "If-None-Match", "*")]
    public async Task A_false_condition_is_412_and_changes_nothing(string method, string header, string value)
    {
        string tag = await CreatedAsync();
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await SendAsync(method, (header, value.Replace("TAG", tag, StringComparison.Ordinal)));
        Assert.Equal((412, "precondition_failed", "no"), (reply.Status, reply.Code, (string?)reply.Json["appended"]));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Theory]
    [InlineData("PUT", "If-Match", "*")]
    [InlineData("PUT", "If-Match", "TAG")]
    [InlineData("PUT", "If-None-Match", Other)]
    [InlineData("PATCH", "If-Match", "TAG")]
    [InlineData("PATCH", "If-Match", "\"a\", TAG")]
    [InlineData("PATCH", "If-Match", "*")]
    [InlineData("PATCH", "If-None-Match", Other)]
    [InlineData("DELETE", "If-Match", "TAG")]
    [InlineData("DELETE", "If-Match", "*")]
    public async Task A_true_condition_lets_the_write_through(string method, string header, string value)
    {
        string tag = await CreatedAsync();
        Assert.InRange((await SendAsync(method, (header, value.Replace("TAG", tag, StringComparison.Ordinal)))).Status, 200, 204);
    }

    [Theory]
    [InlineData("If-Match", "*")]
    [InlineData("If-Match", Other)]
    public async Task A_stream_that_is_not_there_matches_nothing(string header, string value)
    {
        Reply reply = await SendAsync("PUT", (header, value));
        Assert.Equal((412, "precondition_failed"), (reply.Status, reply.Code));
        Assert.Empty((await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation)).Items);
    }

    [Theory]
    [InlineData("*")]
    [InlineData(Other)]
    public async Task A_stream_that_is_not_there_is_created_if_it_must_not_be(string value) =>
        Assert.Equal(201, (await SendAsync("PUT", ("If-None-Match", value))).Status);

    [Theory]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task What_is_not_there_is_404_whatever_the_condition(string method) =>
        Assert.Equal(404, (await SendAsync(method, ("If-Match", Other))).Status);

    [Theory]
    [InlineData("If-Match", "no-quotes")]
    [InlineData("If-Match", "\"a\" \"b\"")]
    [InlineData("If-None-Match", "\"open")]
    public async Task A_condition_that_is_none_is_refused(string header, string value)
    {
        await CreatedAsync();
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await SendAsync("DELETE", (header, value));
        Assert.Equal((400, "invalid_parameter", header), (reply.Status, reply.Code, (string?)reply.Json["parameter"]));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Fact]
    public async Task Of_two_writers_with_one_tag_the_second_is_412()
    {
        string tag = await CreatedAsync();
        Reply first = await SendAsync("PATCH", ("If-Match", tag));
        Reply second = await SendAsync("PATCH", ("If-Match", tag));
        Assert.Equal((200, 412), (first.Status, second.Status));
        Assert.NotEqual(tag, first.Header("ETag"));
    }

    [Theory]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task A_change_between_the_check_and_the_write_is_noticed(string method)
    {
        RacingBlobs? racing = null;
        var api = new TestApi(wrap: blobs => racing = new RacingBlobs(blobs));
        await api.CreateAsync();
        string tag = (await api.GetAsync("/streams/s")).Header("ETag");
        racing!.BeforeWrite = () => api.SendAsync("PATCH", "/streams/s", """{"doc":"theirs"}""", ("Content-Type", "application/json"));
        Reply reply = await api.SendAsync(method, "/streams/s", """{"doc":"ours"}""", ("Content-Type", "application/json"), ("If-Match", tag));
        Assert.Equal((412, "theirs"), (reply.Status, (string?)(await api.GetAsync("/streams/s")).Json["doc"]));
    }

    [Fact]
    public async Task Of_two_creations_that_race_the_second_is_412()
    {
        RacingBlobs? racing = null;
        var api = new TestApi(wrap: blobs => racing = new RacingBlobs(blobs));
        racing!.BeforeWrite = () => api.SendAsync("PUT", "/streams/s", "{}");
        Assert.Equal(412, (await api.SendAsync("PUT", "/streams/s", "{}", ("If-None-Match", "*"))).Status);
    }

    [Fact]
    public async Task A_compressed_description_has_a_tag_of_its_own_that_holds_for_writes()
    {
        await _api.CreateAsync($$"""{"doc":"{{new string('d', 4000)}}"}""");
        string plain = (await _api.GetAsync("/streams/s")).Header("ETag");
        string packed = (await _api.GetAsync("/streams/s", ("Accept-Encoding", "gzip"))).Header("ETag");
        Assert.NotEqual(plain, packed);
        Assert.Equal(304, (await _api.GetAsync("/streams/s", ("If-None-Match", packed), ("Accept-Encoding", "gzip"))).Status);
        Assert.Equal(200, (await SendAsync("PATCH", ("If-Match", packed))).Status);
    }

    [Theory]
    [InlineData("/streams/s")]
    [InlineData("/streams/s/groups/g")]
    [InlineData("/streams/s/partitions/0/events")]
    public async Task What_has_a_tag_is_304_for_whoever_has_any_form_of_it(string path)
    {
        await CreatedAsync();
        await _api.SendAsync("PUT", "/streams/s/groups/g/offsets", """{"offsets":[{"partition":0,"offset":0}]}""");
        string tag = (await _api.GetAsync(path)).Header("ETag").Replace("W/", "", StringComparison.Ordinal);
        foreach (string known in (string[])["*", $"W/{tag}", tag, $"\"a,b\", {tag}"])
        {
            Reply reply = await _api.GetAsync(path, ("If-None-Match", known));
            Assert.Equal((known, 304, 0), (known, reply.Status, reply.Raw.Length));
        }

        Assert.Equal(200, (await _api.GetAsync(path, ("If-None-Match", "\"other\""))).Status);
    }

    [Theory]
    [InlineData("DELETE", "/streams/s/groups/g", null)]
    [InlineData("PUT", "/streams/s/groups/g/offsets", """{"offsets":[{"partition":0,"offset":0}]}""")]
    [InlineData("POST", "/streams/s/groups/g/members", "{}")]
    [InlineData("DELETE", "/streams/s/groups/g/members/a", null)]
    [InlineData("POST", "/streams/s/groups/g/reset", """{"to":"latest"}""")]
    [InlineData("POST", "/streams/s/events", """[{"value":1}]""")]
    [InlineData("POST", "/streams/s/partitions/0/events", """[{"value":1}]""")]
    [InlineData("POST", "/streams/s/producers/p", null)]
    [InlineData("POST", "/streams/s/maintenance", "{}")]
    [InlineData("POST", "/appends/poison/redrive", null)]
    public async Task What_has_no_strong_tag_is_not_written_under_a_condition_on_tags(string method, string path, string? body)
    {
        await CreatedAsync();
        await _api.SendAsync("PUT", "/streams/s/groups/g/offsets", """{"offsets":[{"partition":0,"offset":0}]}""");
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        foreach ((string, string) condition in ((string, string)[])[("If-Match", Other), ("If-None-Match", "*"), ("If-None-Match", Other)])
        {
            byte[]? bytes = body is null ? null : Encoding.UTF8.GetBytes(body);
            Reply reply = await _api.SendAsync(method, path, bytes, ("Content-Type", "application/json"), condition);
            Assert.Equal((412, "precondition_failed"), (reply.Status, reply.Code));
        }

        await before.AssertNothingChangedAsync(TestApi.Cancellation);
        Assert.Equal(200, (await _api.GetAsync("/streams/s/groups/g")).Status);
    }

    private async Task<string> CreatedAsync()
    {
        Reply reply = await SendAsync("PUT");
        Assert.Equal(201, reply.Status);
        return reply.Header("ETag");
    }

    private Task<Reply> SendAsync(string method, params (string, string)[] headers) => _api.SendAsync(
        method, "/streams/s", method == "PATCH" ? """{"doc":"d"}""" : "{}", [("Content-Type", "application/json"), .. headers]);

    /// <summary>Runs something before the first conditional write of <c>stream.json</c>.</summary>
    private sealed class RacingBlobs(IBlobs inner) : RelayedBlobs(inner)
    {
        public Func<Task>? BeforeWrite { get; set; }

        public override async ValueTask<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation)
        {
            if (name == "s/stream.json" && BeforeWrite is { } before)
            {
                BeforeWrite = null;
                await before();
            }

            return await base.WriteAsync(name, content, condition, cancellation);
        }
    }
}
