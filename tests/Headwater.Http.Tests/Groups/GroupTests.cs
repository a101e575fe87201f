using System.Text.Json.Nodes;
using Xunit;

namespace Headwater.Http.Tests.Groups;

public sealed class GroupTests
{
    private const string Members = "/streams/s/groups/g/members";

    private const string Offsets = "/streams/s/groups/g/offsets";

    private readonly TestApi _api = new();

    [Fact]
    public async Task A_join_to_a_full_group_is_409()
    {
        await _api.CreateAsync();
        for (int i = 0; i < 16; i++)
        {
            Assert.Equal(200, (await _api.PostAsync("/streams/s/groups/g/members", "{}")).Status);
        }

        Reply reply = await _api.PostAsync("/streams/s/groups/g/members", "{}");

        Assert.Equal((409, "group_full", true), (reply.Status, reply.Code, (bool)reply.Json["retryable"]!));
    }

    [Fact]
    public async Task A_member_that_joins_is_told_everything_it_needs()
    {
        await CreateAsync();
        Reply reply = await _api.PostAsync(Members, """{"member":"a","owned":[]}""");

        Assert.Equal(200, reply.Status);
        Assert.Equal("a", (string?)reply.Json["member"]);
        Assert.Equal("[0,1]", reply.Json["partitions"]!.ToJsonString());
        Assert.Equal("[]", reply.Json["release"]!.ToJsonString());
        Assert.Equal(("PT10S", "PT30S", true), ((string?)reply.Json["heartbeat"], (string?)reply.Json["sessionTimeout"], (bool)reply.Json["renewed"]!));
        Assert.InRange(
            (long)reply.Json["generation"]!, _api.Time.GetUtcNow().ToUnixTimeMilliseconds() - 2_000, _api.Time.GetUtcNow().ToUnixTimeMilliseconds() + 2_000);
    }

    [Fact]
    public async Task A_member_without_an_id_is_given_one()
    {
        await CreateAsync();
        Assert.NotEqual("", (string?)(await _api.PostAsync(Members, "{}")).Json["member"]);
    }

    [Fact]
    public async Task A_heartbeat_needs_nothing_but_the_id_and_what_is_owned()
    {
        await CreateAsync();
        await _api.PostAsync(Members, """{"member":"a"}""");

        Reply reply = await _api.PostAsync(Members, """{"member":"a","owned":[0,1]}""");

        Assert.Equal((200, "[0,1]"), (reply.Status, reply.Json["partitions"]!.ToJsonString()));
    }

    [Fact]
    public async Task A_group_is_described_with_members_offsets_and_lag()
    {
        await CreateAsync();
        JsonNode joined = (await _api.PostAsync(Members, """{"member":"a"}""")).Json;
        Reply committed = await CommitAsync($$"""{"offsets":[{"partition":0,"offset":2,"metadata":"m"}],"member":"a","generation":{{joined["generation"]}}}""");
        Assert.Equal(204, committed.Status);

        JsonNode group = (await _api.GetAsync("/streams/s/groups/g")).Json;

        Assert.Equal("""[{"member":"a","partitions":[0,1]}]""", group["members"]!.ToJsonString());
        Assert.Equal("""[{"partition":0,"offset":2,"metadata":"m","logStartOffset":0,"logEndOffset":3,"lag":1,"lost":0}]""", group["offsets"]!.ToJsonString());
        Assert.Equal((1, 0), ((long)group["lag"]!, (long)group["lost"]!));
    }

    [Fact]
    public async Task What_retention_deleted_unread_is_lost_and_not_lag()
    {
        await _api.CreateAsync("""{"retention":{"time":"PT1H"}}""");
        await _api.PostAsync("/streams/s/events", """[{"value":1},{"value":2},{"value":3}]""");
        await CommitAsync("""{"offsets":[{"partition":0,"offset":1}]}""");
        await _api.PostAsync("/streams/s/maintenance", """{"work":["seal"],"force":true}""");
        await _api.PostAsync("/streams/s/events", """[{"value":4},{"value":5}]""");
        _api.Time.Advance(TimeSpan.FromHours(2));
        await _api.PostAsync("/streams/s/maintenance", """{"work":["retain"]}""");

        JsonNode group = (await _api.GetAsync("/streams/s/groups/g")).Json;

        Assert.Equal("""[{"partition":0,"offset":1,"logStartOffset":3,"logEndOffset":5,"lag":2,"lost":2}]""", group["offsets"]!.ToJsonString());
        Assert.Equal((2, 2), ((long)group["lag"]!, (long)group["lost"]!));
    }

    [Fact]
    public async Task A_description_that_has_not_changed_is_not_sent_again()
    {
        await CreateAsync();
        await _api.PostAsync(Members, """{"member":"a"}""");
        Reply first = await _api.GetAsync("/streams/s/groups/g");

        Assert.Equal(304, (await _api.GetAsync("/streams/s/groups/g", ("If-None-Match", first.Header("ETag")))).Status);
    }

    [Fact]
    public async Task At_the_logs_end_nothing_new_is_told_in_a_line()
    {
        await CreateAsync();
        Reply empty = await _api.GetAsync("/streams/s/partitions/0/events?offset=3");
        Reply again = await _api.GetAsync("/streams/s/partitions/0/events?offset=3", ("If-None-Match", empty.Header("ETag")));

        Assert.Equal((304, "3", 0), (again.Status, again.Header("Next-Offset"), again.Raw.Length));
    }

    [Fact]
    public async Task An_event_that_has_come_since_is_sent()
    {
        await CreateAsync();
        Reply empty = await _api.GetAsync("/streams/s/partitions/0/events?offset=3");
        await _api.PostAsync("/streams/s/partitions/0/events", """[{"value":4}]""");

        Reply again = await _api.GetAsync("/streams/s/partitions/0/events?offset=3", ("If-None-Match", empty.Header("ETag")));

        Assert.Equal((200, 1), (again.Status, again.Json["events"]!.AsArray().Count));
    }

    [Fact]
    public async Task Groups_are_listed_by_pages()
    {
        await CreateAsync();
        foreach (string group in (string[])["b", "a", "c"])
        {
            await _api.PostAsync($"/streams/s/groups/{group}/members", "{}");
        }

        Reply first = await _api.GetAsync("/streams/s/groups?limit=2");
        Reply second = await _api.GetAsync($"/streams/s/groups?limit=2&after={first.Json["next"]}");

        Assert.Equal("""[{"group":"a"},{"group":"b"}]""", first.Json["groups"]!.ToJsonString());
        Assert.Equal("""{"groups":[{"group":"c"}]}""", second.Json.ToJsonString());
        Assert.Equal("</streams/s/groups?after=b&limit=2>; rel=\"next\"", first.Header("Link"));
    }

    [Fact]
    public async Task A_deleted_group_is_not_there()
    {
        await CreateAsync();
        await CommitAsync("""{"offsets":[{"partition":0,"offset":2}]}""");

        Assert.Equal(204, (await _api.SendAsync("DELETE", "/streams/s/groups/g")).Status);

        Assert.Equal(404, (await _api.GetAsync("/streams/s/groups/g")).Status);
        Assert.Equal("""{"groups":[]}""", (await _api.GetAsync("/streams/s/groups")).Json.ToJsonString());
    }

    [Fact]
    public async Task A_member_that_left_is_none_any_more()
    {
        await CreateAsync();
        await _api.PostAsync(Members, """{"member":"a"}""");

        Assert.Equal(204, (await _api.SendAsync("DELETE", Members + "/a")).Status);

        Assert.Equal("[]", (await _api.GetAsync("/streams/s/groups/g")).Json["members"]!.ToJsonString());
    }

    [Fact]
    public async Task A_dry_run_shows_old_and_new_offsets()
    {
        await CreateAsync();
        await CommitAsync("""{"offsets":[{"partition":0,"offset":2}]}""");

        Reply reply = await _api.PostAsync("/streams/s/groups/g/reset", """{"to":"latest","dryRun":true}""");

        Assert.Equal("""[{"partition":0,"before":2,"offset":3},{"partition":1,"before":null,"offset":0}]""", reply.Json["offsets"]!.ToJsonString());
        Assert.False((bool)reply.Json["applied"]!);
        Assert.Equal(2, (long)(await _api.GetAsync("/streams/s/groups/g")).Json["offsets"]![0]!["offset"]!);
    }

    [Fact]
    public async Task A_reset_is_refused_while_members_are_alive()
    {
        await CreateAsync();
        await _api.PostAsync(Members, """{"member":"a"}""");

        Reply refused = await _api.PostAsync("/streams/s/groups/g/reset", """{"to":"earliest"}""");
        Reply forced = await _api.PostAsync("/streams/s/groups/g/reset/force", """{"to":"earliest"}""");

        Assert.Equal((409, "group_active", 200), (refused.Status, refused.Code, forced.Status));
    }

    [Fact]
    public async Task A_lost_partition_is_409_with_the_current_generation()
    {
        await CreateAsync();
        long generation = (long)(await _api.PostAsync(Members, """{"member":"a"}""")).Json["generation"]!;

        Reply reply = await CommitAsync($$"""{"offsets":[{"partition":0,"offset":1}],"member":"a","generation":{{generation - 1}}}""");

        Assert.Equal((409, generation), (reply.Status, (long)reply.Json["generation"]!));
    }

    [Fact]
    public async Task An_expired_member_is_409_with_the_current_generation()
    {
        await CreateAsync();
        long generation = (long)(await _api.PostAsync(Members, """{"member":"a","sessionTimeout":"PT6S"}""")).Json["generation"]!;
        _api.Time.Advance(TimeSpan.FromSeconds(7));

        Reply reply = await _api.PostAsync(Members, """{"member":"a","owned":[0,1]}""");

        Assert.Equal((409, "member_expired", generation), (reply.Status, reply.Code, (long)reply.Json["generation"]!));
    }

    [Theory]
    [InlineData("GET", "/streams/s/groups/nobody", null, 404, "group_not_found")]
    [InlineData("DELETE", "/streams/s/groups/nobody", null, 404, "group_not_found")]
    [InlineData("POST", "/streams/s/groups/nobody/reset", """{"to":"earliest"}""", 404, "group_not_found")]
    [InlineData("DELETE", "/streams/s/groups/nobody/members/a", null, 404, "group_not_found")]
    [InlineData("GET", "/streams/none/groups/g", null, 404, "stream_not_found")]
    [InlineData("GET", "/streams/none/groups", null, 404, "stream_not_found")]
    [InlineData("GET", "/streams/s/groups/-g", null, 400, "invalid_name")]
    [InlineData("PUT", "/streams/s/groups/a b/offsets", """{"offsets":[{"partition":0,"offset":1}]}""", 400, "invalid_name")]
    [InlineData("POST", "/streams/s/groups/g/members", """{"member":"ä"}""", 400, "invalid_name")]
    [InlineData("POST", "/streams/s/groups/g/members", """{"sessionTimeout":"PT5.9S"}""", 400, "invalid_parameter")]
    [InlineData("POST", "/streams/s/groups/g/members", """{"sessionTimeout":"PT10M1S"}""", 400, "invalid_parameter")]
    [InlineData("POST", "/streams/s/groups/g/members", """{"sessionTimeout":60}""", 400, "invalid_parameter")]
    [InlineData("POST", "/streams/s/groups/g/members", """{"member":"a","owned":[2]}""", 404, "partition_not_found")]
    [InlineData("POST", "/streams/s/groups/g/members", """{"member":"a","owned":[-1]}""", 400, "invalid_parameter")]
    [InlineData("POST", "/streams/s/groups/g/members", """{"owned":[0]}""", 400, "invalid_parameter")]
    [InlineData("POST", "/streams/s/groups/g/members", """{"member":"a","owned":[0]}""", 409, "member_expired")]
    [InlineData("POST", "/streams/s/groups/g/members", """{"members":"a"}""", 400, "unknown_member")]
    [InlineData("POST", "/streams/s/groups/g/members", "[", 400, "malformed_body")]
    [InlineData("PUT", Offsets, """{"offsets":[{"partition":2,"offset":1}]}""", 404, "partition_not_found")]
    [InlineData("PUT", Offsets, """{"offsets":[{"partition":0,"offset":-1}]}""", 400, "invalid_parameter")]
    [InlineData("PUT", Offsets, """{"offsets":[{"partition":0,"offset":1.5}]}""", 400, "invalid_parameter")]
    [InlineData("PUT", Offsets, """{"offsets":[{"partition":0,"offset":"1"}]}""", 400, "invalid_parameter")]
    [InlineData("PUT", Offsets, """{"offsets":[{"partition":0}]}""", 400, "invalid_parameter")]
    [InlineData("PUT", Offsets, """{"offsets":[]}""", 400, "invalid_parameter")]
    [InlineData("PUT", Offsets, "{}", 400, "invalid_parameter")]
    [InlineData("PUT", Offsets, """{"offsets":[{"partition":0,"offset":1},{"partition":0,"offset":2}]}""", 400, "invalid_parameter")]
    [InlineData("PUT", Offsets, """{"offsets":[{"partition":0,"offset":4}]}""", 416, "offset_beyond_end")]
    [InlineData("PUT", Offsets, """{"offsets":[{"partition":0,"offset":1}],"member":"a"}""", 400, "invalid_parameter")]
    [InlineData("PUT", Offsets, """{"offsets":[{"partition":0,"offset":1}],"member":"a","generation":7}""", 409, "member_expired")]
    [InlineData("POST", "/streams/s/groups/g/reset", """{"to":"offset"}""", 400, "invalid_parameter")]
    [InlineData("POST", "/streams/s/groups/g/reset", """{"to":"yesterday"}""", 400, "invalid_parameter")]
    [InlineData("POST", "/streams/s/groups/g/reset", """{"to":"time","time":"noon"}""", 400, "invalid_parameter")]
    [InlineData("POST", "/streams/s/groups/g/reset", """{"to":"earliest","offset":1}""", 400, "invalid_parameter")]
    public async Task Bad_input_is_refused(string method, string path, string? body, int status, string code)
    {
        await CreateAsync();
        Reply reply = body is null ? await _api.SendAsync(method, path) : await _api.SendAsync(method, path, body, ("Content-Type", "application/json"));
        Assert.Equal((status, code), (reply.Status, reply.Code));
    }

    [Fact]
    public async Task A_refused_commit_makes_no_group()
    {
        await CreateAsync();
        await CommitAsync("""{"offsets":[{"partition":0,"offset":4}]}""");
        Assert.Equal("""{"groups":[]}""", (await _api.GetAsync("/streams/s/groups")).Json.ToJsonString());
    }

    private Task<Reply> CommitAsync(string body) => _api.SendAsync("PUT", Offsets, body, ("Content-Type", "application/json"));

    /// <summary>Two partitions, three events in the first.</summary>
    private async Task CreateAsync()
    {
        await _api.CreateAsync("""{"partitions":2}""");
        await _api.PostAsync("/streams/s/partitions/0/events", """[{"value":1},{"value":2},{"value":3}]""");
    }
}
