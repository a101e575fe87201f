using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Headwater.Hosting.Timers;
using Headwater.Log.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Headwater.Http.Tests.Streams;

/// <summary>Metrics of compaction. Listeners are process-wide; unique stream names distinguish a test's measurements from those of parallel tests.</summary>
public sealed class CompactionMetricsTests : IDisposable
{
    private const string Ratio = "headwater.compaction.dirty_ratio";
    private const string LastRun = "headwater.compaction.last_run";
    private const string Age = "headwater.compaction.oldest_dirty_age";

    private readonly MeterListener _listener = new();
    private readonly List<(string Name, string Stream, int Partition, double Value)> _measured = [];

    public CompactionMetricsTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Headwater.Maintenance")
            {
                listener.EnableMeasurementEvents(instrument);
            }

        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            var named = tags.ToArray().ToDictionary(t => t.Key, t => t.Value);
            lock (_measured)
            {
                _measured.Add((instrument.Name, (string)named["stream"]!, (int)named["partition"]!, value));
            }

        });
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_call_that_leaves_dirt_tells_how_much_and_how_old()
    {
        TestApi api = await FilledAsync("metrics-dirty", dirtyRatio: 2);
        await TimerAsync(api);

        Assert.Equal([(Age, 0, 3600.0), (Ratio, 0, 1.0)], Of("metrics-dirty"));
    }

    [Fact]
    public async Task A_run_leaves_none_and_tells_when_it_ended()
    {
        TestApi api = await FilledAsync("metrics-clean", dirtyRatio: 0.5);
        await api.SendAsync("POST", "/streams/metrics-clean/maintenance", """{"work":["compact"]}""");

        Assert.Equal([(LastRun, 0, (double)api.Time.GetUtcNow().ToUnixTimeSeconds()), (Age, 0, 0.0), (Ratio, 0, 0.0)], Of("metrics-clean"));
    }

    [Fact]
    public async Task Maintenance_without_compaction_measures_nothing()
    {
        TestApi api = await FilledAsync("metrics-none", dirtyRatio: 0.5);
        await api.SendAsync("POST", "/streams/metrics-none/maintenance", """{"work":["checkpoint","retain"]}""");

        Assert.Empty(Of("metrics-none"));
    }

    [Fact]
    public async Task The_report_tells_the_oldest_dirty_event_and_the_last_run()
    {
        TestApi api = await FilledAsync("metrics-report", dirtyRatio: 0.5);
        Reply reply = await api.SendAsync("POST", "/streams/metrics-report/maintenance", """{"work":["compact"]}""");

        JsonNode compaction = reply.Json["partitions"]![0]!["compaction"]!;
        Assert.Equal(("2024-05-01T12:00:00Z", "2024-05-01T13:00:00Z"), ((string)compaction["oldestDirty"]!, (string)compaction["lastRun"]!));
    }

    [Fact]
    public async Task The_report_leaves_out_what_there_is_not()
    {
        var api = new TestApi();
        await api.SendAsync("PUT", "/streams/metrics-empty", """{"kind":"entity","partitions":1}""");
        Reply reply = await api.SendAsync("POST", "/streams/metrics-empty/maintenance", """{"work":["compact"]}""");

        JsonObject compaction = reply.Json["partitions"]![0]!["compaction"]!.AsObject();
        Assert.False(compaction.ContainsKey("oldestDirty") || compaction.ContainsKey("lastRun"));
    }

    /// <summary>Two sealed segments and the active one, all an hour old.</summary>
    private static async Task<TestApi> FilledAsync(string stream, double dirtyRatio)
    {
        var compaction = CompactionOptions.Default with { MinLag = TimeSpan.Zero, DirtyRatio = dirtyRatio };
        var api = new TestApi(options: LogOptions.Default with { SegmentAppends = 2, Compaction = compaction });
        await api.SendAsync("PUT", $"/streams/{stream}", """{"kind":"entity","partitions":1}""");
        foreach (int value in new[] { 1, 2, 3 })
        {
            await api.SendAsync("POST", $"/streams/{stream}/events", $$"""[{"key":"a","value":{{value}}}]""");
        }

        api.Time.Advance(TimeSpan.FromHours(1));
        return api;
    }

    private static Task TimerAsync(TestApi api) => new TimerWork(api.Log, api.Queued, NullLogger<TimerWork>.Instance).CompactAsync(TestApi.Cancellation);

    private List<(string Name, int Partition, double Value)> Of(string stream)
    {
        lock (_measured)
        {
            return
            [
                .. _measured
                    .Where(m => m.Stream == stream)
                    .Select(m => (m.Name, m.Partition, m.Value))
                    .OrderByDescending(m => m.Value)
                    .ThenBy(m => m.Name == Ratio),
            ];
        }
    }
}
