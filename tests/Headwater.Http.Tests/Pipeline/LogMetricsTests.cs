using System.Text.Json.Nodes;
using Headwater.Log.Budgets;
using Xunit;

namespace Headwater.Http.Tests.Pipeline;

/// <summary>Metrics of the log: durations, budgets, sizes of partitions.</summary>
public sealed class LogMetricsTests : IDisposable
{
    private const string Read = "headwater.read.duration";

    private readonly TestApi _api = new();
    private readonly Measured _measured = new("Headwater.Log", "Headwater.Maintenance");

    public void Dispose() => _measured.Dispose();

    [Fact]
    public async Task Every_append_and_every_page_is_measured_once()
    {
        await _api.CreateAsync();
        await _api.PostAsync("/streams/s/events", """[{"value":1}]""");
        await _api.EventsAsync();
        await _api.GetAsync("/streams/s/partitions/0/events", ("Accept", "application/avro"));

        Assert.Equal((1, 2), (_measured.Of("headwater.append.duration").Length, _measured.Of(Read).Length));
    }

    [Fact]
    public async Task The_wait_of_a_long_poll_is_not_part_of_a_reads_duration()
    {
        await _api.CreateAsync();
        Task<Reply> reading = _api.GetAsync("/streams/s/partitions/0/events?wait=PT20S");
        for (int i = 0; i < 200; i++) // 20 s in all, so that no time passes while the read ends.
        {
            _api.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.Equal(200, (await reading).Status);
        Assert.InRange(Assert.Single(_measured.Of(Read)), 0, 1);
    }

    [Fact]
    public async Task A_refused_append_is_not_measured()
    {
        await _api.CreateAsync();
        Assert.Equal(412, (await _api.PostAsync("/streams/s/events", """[{"value":1}]""", ("If-Offset", "7"))).Status);

        Assert.Empty(_measured.Of("headwater.append.duration"));
    }

    [Fact]
    public void A_budget_reports_its_use_and_its_limit()
    {
        using MemoryCharge charge = _api.Log.Reads.Charge(600);
        _measured.Observe();

        // The budgets of other tests' logs are added.
        Assert.InRange(Assert.Single(_measured.Of("headwater.budget.usage", ("budget", "pages"))), 600, double.MaxValue);
        Assert.InRange(Assert.Single(_measured.Of("headwater.budget.limit", ("budget", "pages"))), _api.Log.Reads.Limit, double.MaxValue);
    }

    [Fact]
    public async Task The_partitions_in_memory_are_reported_with_their_bytes_and_the_limit()
    {
        await _api.CreateAsync();
        await _api.PostAsync("/streams/s/events", """[{"value":1}]""");
        _measured.Observe();

        // The partitions of other tests' logs are added.
        Assert.InRange(Assert.Single(_measured.Of("headwater.partitions.open")), 1, double.MaxValue);
        Assert.InRange(Assert.Single(_measured.Of("headwater.partitions.usage")), 8 << 10, double.MaxValue);
        Assert.InRange(Assert.Single(_measured.Of("headwater.partitions.limit")), 256 << 20, double.MaxValue);
    }

    [Fact]
    public async Task Maintenance_reports_the_sizes_of_partitions()
    {
        await _api.CreateAsync("{}", "metrics-sizes");
        await _api.PostAsync("/streams/metrics-sizes/events", """[{"value":1},{"value":2}]""");
        JsonNode position = (await _api.GetAsync("/streams/metrics-sizes/partitions")).Json["partitions"]![0]!;
        await _api.PostAsync("/streams/metrics-sizes/maintenance", """{"work":["compact"]}""");

        Assert.Equal([2], Of("headwater.partition.events"));
        Assert.Equal([(double)position["bytes"]!], Of("headwater.partition.bytes"));
    }

    [Fact]
    public async Task Maintenance_that_lists_no_segments_reports_no_bytes()
    {
        await _api.CreateAsync("{}", "metrics-sizes");
        await _api.PostAsync("/streams/metrics-sizes/events", """[{"value":1}]""");
        await _api.PostAsync("/streams/metrics-sizes/maintenance", """{"work":["checkpoint"]}""");

        Assert.Equal([1], Of("headwater.partition.events"));
        Assert.Empty(Of("headwater.partition.bytes"));
    }

    private double[] Of(string name) => _measured.Of(name, ("stream", "metrics-sizes"), ("partition", "0"));
}
