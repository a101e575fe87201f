using System.Diagnostics.Metrics;
using Headwater.LocalHost.Metrics;

namespace Headwater.LocalHost.Tests;

/// <summary>Metrics are written in the format of https://prometheus.io/docs/instrumenting/exposition_formats/.</summary>
public sealed class PrometheusTextTests : IDisposable
{
    private readonly Meter _meter = new($"Test.{Guid.NewGuid():N}");
    private readonly PrometheusText _text;

    public PrometheusTextTests() => _text = new PrometheusText(_meter.Name);

    public void Dispose()
    {
        _text.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void A_counter_adds_up_by_its_labels()
    {
        Counter<long> counter = _meter.CreateCounter<long>("calls.made", "{call}", "Calls.");
        counter.Add(2, new KeyValuePair<string, object?>("kind", "a"));
        counter.Add(3, new KeyValuePair<string, object?>("kind", "a"));
        counter.Add(1, new KeyValuePair<string, object?>("kind", "b"));

        Assert.Equal(
            "# HELP calls_made_total Calls.\n# TYPE calls_made_total counter\n"
            + "calls_made_total{kind=\"a\"} 5\ncalls_made_total{kind=\"b\"} 1\n",
            _text.Render());
    }

    [Fact]
    public void A_histogram_counts_up_its_buckets()
    {
        Histogram<double> histogram = _meter.CreateHistogram(
            "waiting", "s", "Waiting.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        histogram.Record(0.1);
        histogram.Record(0.5);
        histogram.Record(7);

        Assert.Equal(
            "# HELP waiting_seconds Waiting.\n# TYPE waiting_seconds histogram\n"
            + "waiting_seconds_bucket{le=\"0.1\"} 1\nwaiting_seconds_bucket{le=\"1\"} 2\nwaiting_seconds_bucket{le=\"+Inf\"} 3\n"
            + "waiting_seconds_sum 7.6\nwaiting_seconds_count 3\n",
            _text.Render());
    }

    [Fact]
    public void An_observed_series_that_is_not_reported_any_more_is_left_out()
    {
        bool isThere = true;
        _ = _meter.CreateObservableGauge("lag", () => isThere ? new Measurement<long>[] { new(3) } : []);
        Assert.Contains("lag 3\n", _text.Render(), StringComparison.Ordinal);

        isThere = false;

        Assert.Equal("", _text.Render());
    }

    [Fact]
    public void A_gauge_shows_its_last_value()
    {
        long value = 1;
        _ = _meter.CreateObservableGauge("open", () => value, "By", "Open.");
        _text.Render();
        value = 7;

        Assert.Contains("\nopen_bytes 7\n", _text.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_are_escaped()
    {
        _meter.CreateCounter<long>("c").Add(1, new KeyValuePair<string, object?>("l", "a\"b\\c\nd"));

        Assert.Contains("c_total{l=\"a\\\"b\\\\c\\nd\"} 1", _text.Render(), StringComparison.Ordinal);
    }
}
