using Headwater.Http.Tests.Pipeline;
using Headwater.Log;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Groups;

/// <summary>Lag in metrics. Each test's stream has its own name, because the instruments report on all logs of the process.</summary>
public sealed class LagMetricsTests : IDisposable
{
    private readonly TestApi _api = new();
    private readonly Measured _measured = new("Headwater.Groups");

    public void Dispose() => _measured.Dispose();

    [Fact]
    public async Task The_lag_follows_commits_and_appends_of_the_process()
    {
        await FillAsync("lag-follows", commit: 1);
        Assert.Equal([2], Lag("lag-follows"));

        await _api.PostAsync("/streams/lag-follows/events", """[{"value":4}]""");

        Assert.Equal([3], Lag("lag-follows"));
    }

    [Fact]
    public async Task A_process_that_only_runs_timers_knows_the_lag_of_changed_groups()
    {
        await FillAsync("lag-timers", commit: 1);
        EventLog other = OtherLog();
        await other.Groups.CopyChangedAsync(TimeSpan.FromMinutes(1), TestApi.Cancellation);
        await other.Maintenance.RunDueAsync(MaintenanceWork.Checkpoint, TimeSpan.FromMinutes(1), TestApi.Cancellation);

        Assert.Equal([2, 2], Lag("lag-timers"));
        GC.KeepAlive(other);
    }

    [Fact]
    public async Task A_process_that_does_not_know_the_log_end_reports_nothing()
    {
        await FillAsync("lag-unknown", commit: 1);
        EventLog other = OtherLog();
        await other.Groups.CopyChangedAsync(TimeSpan.FromMinutes(1), TestApi.Cancellation);

        Assert.Equal([2], Lag("lag-unknown"));
        GC.KeepAlive(other);
    }

    [Fact]
    public async Task A_deleted_group_is_not_reported()
    {
        await FillAsync("lag-deleted", commit: 1);
        await _api.SendAsync("DELETE", "/streams/lag-deleted/groups/g");

        Assert.Empty(Lag("lag-deleted"));
    }

    [Fact]
    public async Task What_retention_deleted_unread_is_reported_as_lost()
    {
        await FillAsync("lag-lost", commit: 1, """{"retention":{"time":"PT1H"}}""");
        Assert.Empty(Lost("lag-lost"));
        await _api.PostAsync("/streams/lag-lost/maintenance", """{"work":["seal"],"force":true}""");
        await _api.PostAsync("/streams/lag-lost/events", """[{"value":4}]""");
        _api.Time.Advance(TimeSpan.FromHours(2));
        await _api.PostAsync("/streams/lag-lost/maintenance", """{"work":["retain"]}""");

        Assert.Equal([1], Lag("lag-lost"));
        Assert.Equal([2], Lost("lag-lost"));
    }

    /// <summary>Three events and a group that has committed.</summary>
    private async Task FillAsync(string stream, int commit, string settings = "{}")
    {
        await _api.CreateAsync(settings, stream);
        await _api.PostAsync($"/streams/{stream}/events", """[{"value":1},{"value":2},{"value":3}]""");
        Reply reply = await _api.SendAsync(
            "PUT", $"/streams/{stream}/groups/g/offsets", $$"""{"offsets":[{"partition":0,"offset":{{commit}}}]}""", ("Content-Type", "application/json"));
        Assert.Equal(204, reply.Status);
        await _api.GetAsync($"/streams/{stream}/groups/g");
    }

    private EventLog OtherLog() => new(new LogPorts(_api.Blobs, _api.Tables, _api.Time, new SeededRandomness(2)), LogOptions.Default);

    private double[] Lag(string stream) => Observe("headwater.group.lag", stream);

    private double[] Lost(string stream) => Observe("headwater.group.lost", stream);

    private double[] Observe(string name, string stream)
    {
        _measured.Observe();
        return _measured.Of(name, ("stream", stream), ("group", "g"), ("partition", "0"));
    }
}
