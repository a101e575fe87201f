using Headwater.Contracts.Errors;
using Headwater.Http.Routing;
using Headwater.Log.Maintenance;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Headwater.Http.Tests.Pipeline;

public sealed class PipelineTests
{
    private readonly TestApi _api = new();

    [Theory]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("/stream")]
    [InlineData("/streams/")]
    [InlineData("//streams")]
    [InlineData("/streams/s/events/more")]
    [InlineData("/streams//events")]
    [InlineData("/api/streams")]
    public async Task An_unknown_path_is_404_as_a_problem(string path)
    {
        Reply reply = await _api.GetAsync(path);
        Assert.Equal((404, "route_not_found", "application/problem+json"), (reply.Status, reply.Code, reply.Header("Content-Type")));
    }

    [Theory]
    [InlineData("POST", "/streams", "GET, HEAD")]
    [InlineData("POST", "/streams/s", "PUT, GET, HEAD, PATCH, DELETE")]
    [InlineData("PUT", "/streams/s/events", "POST, GET, HEAD")]
    [InlineData("GET", "/streams/s/producers/p", "POST")]
    [InlineData("DELETE", "/streams/s/partitions/0/events", "POST, GET, HEAD")]
    public async Task Another_method_is_405_with_those_there_are(string method, string path, string allow)
    {
        Reply reply = await _api.SendAsync(method, path);
        Assert.Equal((405, "method_not_allowed", allow), (reply.Status, reply.Code, reply.Header("Allow")));
    }

    [Fact]
    public async Task A_problem_has_the_members_of_RFC_9457_and_ours()
    {
        Reply reply = await _api.GetAsync("/streams/none");
        Assert.Equal(
            """{"type":"urn:headwater:problem:stream_not_found","title":"Stream not found","status":404,"detail":"There is no stream 'none'. """
                + """Create it with PUT /streams/none.","code":"stream_not_found","retryable":false,"appended":"no"}""",
            reply.Text);
    }

    [Fact]
    public async Task A_route_can_be_run_by_a_host_that_found_it_itself()
    {
        await _api.CreateAsync();
        HttpContext context = TestApi.Context("GET", "/streams/s");
        await _api.Api.HandleAsync(context, _api.Route("GET", "streams/{stream}"));
        Assert.Equal("s", (string?)(await Reply.OfAsync(context)).Json["name"]);
    }

    [Fact]
    public async Task A_route_run_on_a_path_of_another_shape_is_404()
    {
        HttpContext context = TestApi.Context("GET", "/elsewhere");
        await _api.Api.HandleAsync(context, _api.Route("GET", "streams/{stream}"));
        Assert.Equal(404, (await Reply.OfAsync(context)).Status);
    }

    [Fact]
    public void Only_what_destroys_or_repeats_needs_an_administrator() => Assert.Equal(
        [
            "POST /appends/poison/redrive",
            "DELETE /appends/poison/{ref}",
            "DELETE /streams/{stream}",
            "DELETE /streams/{stream}/groups/{group}",
            "POST /streams/{stream}/groups/{group}/reset/force",
            "POST /streams/{stream}/maintenance",
        ],
        _api.Api.Routes.Where(r => r.Access == AccessLevel.Admin).Select(r => r.ToString()).OrderBy(r => r.Split(' ')[1], StringComparer.Ordinal));

    [Fact]
    public async Task The_access_policy_is_asked_with_the_route()
    {
        Route? asked = null;
        var api = new TestApi((_, route) =>
        {
            asked = route;
            return ValueTask.FromResult("");
        });
        await api.SendAsync("DELETE", "/streams/none");
        Assert.Equal(AccessLevel.Admin, asked?.Access);
    }

    [Fact]
    public async Task What_the_access_policy_refuses_is_403_and_not_done()
    {
        var api = new TestApi((_, _) => throw new HeadwaterException(ErrorCode.Forbidden, "Not from there."));
        Reply reply = await api.SendAsync("PUT", "/streams/s", "{}");
        Assert.Equal((403, "forbidden"), (reply.Status, reply.Code));
        Assert.Empty((await Headwater.Testing.BlobContents.CaptureAsync(api.Blobs, "", TestApi.Cancellation)).Items);
    }

    [Fact]
    public async Task What_was_not_foreseen_is_500_without_its_message()
    {
        var api = new TestApi((_, _) => throw new InvalidOperationException("secret"));
        Reply reply = await api.GetAsync("/health");
        Assert.Equal((500, "internal"), (reply.Status, reply.Code));
        Assert.DoesNotContain("secret", reply.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("gzip;q=1.0, br;q=0.5", "gzip")]
    [InlineData("*", "br")]
    [InlineData("br;q=0, *", "gzip")]
    [InlineData("deflate", "")]
    [InlineData("identity", "")]
    public async Task An_answer_is_compressed_as_the_client_likes_it(string accept, string encoding)
    {
        Reply plain = await _api.GetAsync("/openapi.json");
        Reply reply = await _api.GetAsync("/openapi.json", ("Accept-Encoding", accept));
        Assert.Equal((encoding, plain.Text), (reply.Header("Content-Encoding"), reply.Text));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_page_of_events_is_compressed(string encoding)
    {
        await _api.CreateAsync();
        await _api.PostAsync("/streams/s/events", $"[{string.Join(",", Enumerable.Range(0, 500).Select(i => $$"""{"value":{{i}}}"""))}]");
        Reply plain = await _api.GetAsync("/streams/s/partitions/0/events");
        Reply reply = await _api.GetAsync("/streams/s/partitions/0/events", ("Accept-Encoding", encoding));
        Assert.Equal((encoding, plain.Text), (reply.Header("Content-Encoding"), reply.Text));
        Assert.True(reply.Raw.Length * 3 < plain.Raw.Length, $"{reply.Raw.Length} of {plain.Raw.Length}");
    }

    [Fact]
    public async Task A_small_answer_is_not_compressed()
    {
        Reply reply = await _api.GetAsync("/health", ("Accept-Encoding", "gzip"));
        Assert.Equal("", reply.Header("Content-Encoding"));
    }

    [Fact]
    public async Task Answers_vary_by_what_was_accepted() => Assert.Equal("Accept, Accept-Encoding", (await _api.GetAsync("/health")).Header("Vary"));

    [Fact]
    public async Task HEAD_answers_as_GET_without_the_body()
    {
        Reply get = await _api.GetAsync("/openapi.json");
        Reply head = await _api.SendAsync("HEAD", "/openapi.json");
        Assert.Equal((200, get.Header("Content-Length"), 0), (head.Status, head.Header("Content-Length"), head.Raw.Length));
    }

    [Fact]
    public async Task Health_is_ok()
    {
        Reply reply = await _api.GetAsync("/health");
        Assert.Equal((200, "ok"), (reply.Status, (string?)reply.Json["status"]));
    }

    [Fact]
    public async Task Health_names_the_maintenance_that_is_overdue()
    {
        await _api.Log.Maintenance.RunDueAsync(MaintenanceWork.All, TimeSpan.FromMinutes(1), TestApi.Cancellation);
        _api.Time.Advance(TimeSpan.FromHours(3));
        await _api.Log.Maintenance.RunDueAsync(
            MaintenanceWork.Seal | MaintenanceWork.Checkpoint | MaintenanceWork.Retain, TimeSpan.FromMinutes(1), TestApi.Cancellation);

        Reply reply = await _api.GetAsync("/health");

        Assert.Equal("""{"overdue":true,"overdueWork":["compact"],"lastRun":"2024-05-01T15:00:00Z"}""", reply.Json["maintenance"]!.ToJsonString());
    }
}
