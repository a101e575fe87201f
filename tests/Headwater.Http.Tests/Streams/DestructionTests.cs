using System.Text.Json.Nodes;
using Headwater.Http.Routing;
using Xunit;

namespace Headwater.Http.Tests.Streams;

/// <summary>What destroys data needs an administrator, or takes effect after a delay in which it can be taken back.</summary>
public sealed class DestructionTests
{
    private const string Group = "/streams/s/groups/g";

    private readonly TestApi _api = new();

    [Fact]
    public async Task A_group_with_live_members_is_deleted_only_by_force()
    {
        await JoinedAsync();

        Reply refused = await _api.SendAsync("DELETE", Group);

        Assert.Equal((409, "group_active", "[\"a\"]"), (refused.Status, refused.Code, refused.Json["members"]!.ToJsonString()));
        Assert.Equal("2", (await GroupAsync())["offsets"]![0]!["offset"]!.ToString());
        Assert.Equal(204, (await _api.SendAsync("DELETE", Group + "?force=true")).Status);
        Assert.Equal(404, (await _api.GetAsync(Group)).Status);
    }

    [Fact]
    public async Task A_group_whose_members_left_is_deleted_without_force()
    {
        await JoinedAsync();
        await _api.SendAsync("DELETE", Group + "/members/a");

        Assert.Equal(204, (await _api.SendAsync("DELETE", Group)).Status);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("")]
    [InlineData("True")]
    public async Task Force_is_true_or_false(string force)
    {
        await JoinedAsync();

        Reply reply = await _api.SendAsync("DELETE", $"{Group}?force={force}");

        Assert.Equal((400, "invalid_parameter", 200), (reply.Status, reply.Code, (await _api.GetAsync(Group)).Status));
    }

    [Fact]
    public async Task Routes_that_destroy_need_an_administrator()
    {
        await _api.CreateAsync();

        Assert.Equal(
            ["appends/poison/{ref}", "streams/{stream}", "streams/{stream}/groups/{group}"],
            _api.Api.Routes.Where(r => r.Method == "DELETE" && r.Access == AccessLevel.Admin).Select(r => r.Template).Order(StringComparer.Ordinal));
        Assert.Equal(AccessLevel.Admin, _api.Api.Routes.Single(r => r.Template == "streams/{stream}/groups/{group}/reset/force").Access);
    }

    [Fact]
    public async Task A_reset_with_force_has_a_route_of_its_own()
    {
        await JoinedAsync();

        Reply refused = await _api.PostAsync(Group + "/reset", """{"to":"earliest","force":true}""");

        Assert.Equal((400, "unknown_member", "/force"), (refused.Status, refused.Code, refused.Faults.Single()));
        Assert.Contains("POST /streams/{stream}/groups/{group}/reset/force", refused.Text, StringComparison.Ordinal);
        Assert.Equal("2", (await GroupAsync())["offsets"]![0]!["offset"]!.ToString());
        Assert.Equal(200, (await _api.PostAsync(Group + "/reset/force", """{"to":"earliest","partitions":[0]}""")).Status);
        Assert.Equal("0", (await GroupAsync())["offsets"]![0]!["offset"]!.ToString());
    }

    [Fact]
    public async Task A_shorter_retention_says_when_it_takes_effect()
    {
        await _api.CreateAsync("""{"retention":{"time":"P30D"}}""");
        DateTimeOffset now = _api.Time.GetUtcNow();

        JsonNode retention = (await PatchAsync("""{"retention":{"time":"P1D"}}""")).Json["retention"]!;

        Assert.Equal(("P1D", """{"time":"P30D"}"""), ((string?)retention["time"], retention["untilThen"]!.ToJsonString()));
        Assert.InRange((DateTimeOffset)retention["effectiveFrom"]!, now + TimeSpan.FromHours(24) - TimeSpan.FromSeconds(2), now + TimeSpan.FromHours(24));
    }

    [Fact]
    public async Task A_longer_retention_takes_effect_at_once()
    {
        await _api.CreateAsync("""{"retention":{"time":"P30D"}}""");
        await PatchAsync("""{"retention":{"time":"P1D"}}""");

        Assert.Equal("""{"time":"P30D"}""", (await PatchAsync("""{"retention":{"time":"P30D"}}""")).Json["retention"]!.ToJsonString());
    }

    [Theory]
    [InlineData("PUT", "/streams/t")]
    [InlineData("PATCH", "/streams/s")]
    public async Task Less_than_a_mebibyte_is_no_retention(string method, string path)
    {
        await _api.CreateAsync();

        Reply refused = await _api.SendAsync(method, path, """{"retention":{"bytes":1048575}}""", ("Content-Type", "application/json"));
        Reply taken = await _api.SendAsync(method, path, """{"retention":{"bytes":1048576}}""", ("Content-Type", "application/json"));

        Assert.Equal((400, "/retention/bytes"), (refused.Status, refused.Faults.Single()));
        Assert.InRange(taken.Status, 200, 201);
    }

    private async Task<JsonNode> GroupAsync() => (await _api.GetAsync(Group)).Json;

    private Task<Reply> PatchAsync(string body) => _api.SendAsync("PATCH", "/streams/s", body, ("Content-Type", "application/json"));

    /// <summary>A group with one live member and a committed offset.</summary>
    private async Task JoinedAsync()
    {
        await _api.CreateAsync();
        await _api.PostAsync("/streams/s/partitions/0/events", """[{"value":1},{"value":2},{"value":3}]""");
        JsonNode joined = (await _api.PostAsync(Group + "/members", """{"member":"a"}""")).Json;
        string body = $$"""{"offsets":[{"partition":0,"offset":2}],"member":"a","generation":{{joined["generation"]}}}""";
        Assert.Equal(204, (await _api.SendAsync("PUT", Group + "/offsets", body, ("Content-Type", "application/json"))).Status);
    }
}
