using System.Diagnostics;
using System.Diagnostics.Metrics;
using Xunit;

namespace Headwater.Http.Tests.Pipeline;

public sealed class TelemetryTests
{
    // Listeners are process-wide. The unique stream name distinguishes this test's requests from those of parallel tests.
    [Fact]
    public async Task A_request_is_a_span_with_its_route_and_status()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Headwater.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                lock (spans)
                {
                    spans.Add(span);
                }

            },
        };
        ActivitySource.AddActivityListener(listener);
        await new TestApi().GetAsync("/streams/telemetry-span");
        Activity[] stopped;
        lock (spans)
        {
            stopped = [.. spans];
        }

        Activity mine = Assert.Single(stopped, s => (string?)s.GetTagItem("url.path") == "/streams/telemetry-span");
        Assert.Equal(
            ("GET /streams/{stream}", "streams/{stream}", 404, "stream_not_found"),
            (mine.DisplayName, mine.GetTagItem("http.route"), mine.GetTagItem("http.response.status_code"), mine.GetTagItem("error.type")));
    }

    [Fact]
    public async Task Inside_a_hosts_own_span_a_request_is_not_counted_again()
    {
        Activity? inside = null;
        using var host = new ActivitySource("A host");
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Headwater.Http" or "A host",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if ((string?)span.GetTagItem("url.path") == "/streams/telemetry-inside")
                {
                    inside = span;
                }

            },
        };
        ActivitySource.AddActivityListener(listener);
        using (Activity request = host.StartActivity("request", ActivityKind.Server)!)
        {
            await new TestApi().GetAsync("/streams/telemetry-inside");
            Assert.Equal((ActivityKind.Internal, request.SpanId), (inside!.Kind, inside.ParentSpanId));
        }
    }

    [Fact]
    public async Task A_request_is_measured()
    {
        var measured = new List<KeyValuePair<string, object?>[]>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument is { Meter.Name: "Headwater.Http", Name: "http.server.request.duration" })
            {
                l.EnableMeasurementEvents(instrument);
            }

        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            lock (measured)
            {
                measured.Add(tags.ToArray());
            }

        });
        listener.Start();
        await new TestApi().SendAsync("BREW", "/health");
        lock (measured)
        {
            Assert.Contains(measured, m => m.Contains(new("http.request.method", "_OTHER")) && m.Contains(new("http.response.status_code", 405)));
        }
    }
}
