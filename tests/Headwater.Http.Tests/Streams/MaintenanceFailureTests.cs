using System.Text.Json.Nodes;
using Headwater.Log.Maintenance;
using Headwater.Log.Ports;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Streams;

/// <summary>Health and the description of a stream say whose maintenance fails, and why.</summary>
public sealed class MaintenanceFailureTests
{
    private static readonly (string, string) Json = ("Content-Type", "application/json");

    private readonly CallScript _script = new();
    private readonly TestApi _api;

    public MaintenanceFailureTests() => _api = new TestApi(wrap: blobs => new WatchedBlobs(blobs, _script));

    [Fact]
    public async Task Health_stays_ok_and_names_the_streams_that_fail()
    {
        await FailAsync();
        JsonNode health = (await _api.GetAsync("/health")).Json;

        Assert.Equal("ok", (string?)health["status"]);
        Assert.Equal(["s"], health["maintenance"]!["failingStreams"]!.AsArray().Select(s => (string?)s));
    }

    [Fact]
    public async Task The_description_has_the_last_failure()
    {
        await FailAsync();
        JsonNode failure = (await _api.GetAsync("/streams/s")).Json["maintenanceFailure"]!;

        Assert.Equal("""["seal"]""", failure["work"]!.ToJsonString());
        Assert.Equal((0, "2024-05-01T12:00:00Z"), ((int)failure["partition"]!, (string?)failure["at"]));
        Assert.Contains("refused", (string?)failure["reason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_does_not_fail_has_no_failure()
    {
        await _api.CreateAsync();

        Assert.Null((await _api.GetAsync("/streams/s")).Json["maintenanceFailure"]);
        Assert.Null((await _api.GetAsync("/health")).Json["maintenance"]!["failingStreams"]);
    }

    [Fact]
    public async Task A_failure_changes_the_tag_of_the_description_but_not_whether_If_Match_holds()
    {
        await _api.CreateAsync();
        string before = (await _api.GetAsync("/streams/s")).Header("ETag")!;
        await FailAsync(created: true);
        string after = (await _api.GetAsync("/streams/s")).Header("ETag")!;

        Assert.NotEqual(before, after);
        Assert.Equal(304, (await _api.GetAsync("/streams/s", ("If-None-Match", after))).Status);
        Assert.Equal(200, (await _api.GetAsync("/streams/s", ("If-None-Match", before))).Status);
        Assert.Equal(200, (await _api.SendAsync("PATCH", "/streams/s", """{"doc":"x"}""", Json, ("If-Match", after))).Status);
    }

    [Fact]
    public async Task The_failure_goes_when_the_work_succeeds()
    {
        await FailAsync();
        _script.Heal();
        await _api.Log.Maintenance.RunDueAsync(MaintenanceWork.Seal, TimeSpan.FromMinutes(1), TestApi.Cancellation);

        Assert.Null((await _api.GetAsync("/streams/s")).Json["maintenanceFailure"]);
        Assert.Null((await _api.GetAsync("/health")).Json["maintenance"]!["failingStreams"]);
    }

    [Theory]
    [InlineData("""{"kind":"entity","compaction":{"minLag":"P9999999D"}}""", "/compaction/minLag")]
    [InlineData("""{"kind":"entity","compaction":{"tombstoneRetention":"P36501D"}}""", "/compaction/tombstoneRetention")]
    [InlineData("""{"retention":{"time":"P9999999D"}}""", "/retention/time")]
    public async Task A_new_setting_of_more_than_a_hundred_years_is_refused(string settings, string pointer)
    {
        Reply reply = await _api.SendAsync("PUT", "/streams/s", settings, Json);

        Assert.Equal(400, reply.Status);
        Assert.Equal(pointer, (string?)reply.Json["errors"]![0]!["pointer"]);
        Assert.Contains("at most P36500D", (string?)reply.Json["errors"]![0]!["message"], StringComparison.Ordinal);
        Assert.Equal(404, (await _api.GetAsync("/streams/s")).Status);
    }

    [Fact]
    public async Task A_setting_of_a_hundred_years_is_taken()
    {
        Assert.Equal(201, (await _api.SendAsync("PUT", "/streams/s", """{"retention":{"time":"P36500D"}}""", Json)).Status);
    }

    private async Task FailAsync(bool created = false)
    {
        if (!created)
        {
            await _api.CreateAsync();
        }

        _script.Every(c => c.Name.Contains("/00000/", StringComparison.Ordinal), CallFate.Refused(StorageFault.Unavailable));
        await _api.Log.Maintenance.RunDueAsync(MaintenanceWork.Seal, TimeSpan.FromMinutes(1), TestApi.Cancellation);
    }
}
