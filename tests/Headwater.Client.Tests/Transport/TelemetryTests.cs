using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Headwater.Client.Tests;

/// <summary>Spans and metrics of the client.</summary>
public sealed class TelemetryTests(RunningLog log)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_processing_of_an_event_continues_the_trace_that_it_was_sent_in()
    {
        ConcurrentQueue<Activity> ended = new();
        using var test = new ActivitySource("Headwater.Client.Tests");
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Headwater.Client", StringComparison.Ordinal),
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        EventStream<Flight> flights = log.NewFlights();
        await flights.EnsureAsync(cancellation: Cancellation);
        using (Activity order = test.StartActivity("order")!)
        {
            await flights.AppendAsync([new("k", new Flight("ABQ", 1))], cancellation: Cancellation);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await flights.NewConsumer().RunAsync(async (_, _) => await stop.CancelAsync(), stop.Token);

        Activity[] own = [.. ended.Where(a => a.OperationName.EndsWith(flights.Name, StringComparison.Ordinal) || a.OperationName == "order")];
        Activity sent = own.Single(a => a.OperationName == $"send {flights.Name}");
        Activity processed = own.Single(a => a.OperationName == $"process {flights.Name}");
        Activity made = ended.Single(a => a.OperationName == "order");
        Assert.Equal((made.TraceId, made.SpanId), (processed.TraceId, processed.ParentSpanId));
        Assert.Equal((ActivityKind.Producer, ActivityKind.Consumer), (sent.Kind, processed.Kind));
        Assert.Equal(("headwater", "0"), (sent.GetTagItem("messaging.system"), processed.GetTagItem("messaging.destination.partition.id")));
    }

    [Fact]
    public async Task Events_and_failures_are_counted()
    {
        ConcurrentQueue<(string Name, double Value, string? Error)> measured = new();
        EventStream<Flight> flights = log.NewFlights();
        await flights.EnsureAsync(cancellation: Cancellation);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == "Headwater.Client")
                {
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            Dictionary<string, object?> known = new(tags.ToArray());
            if (known["messaging.destination.name"] as string == flights.Name)
            {
                measured.Enqueue((instrument.Name, value, known.GetValueOrDefault("error.type") as string));
            }
        }

        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Record(i, value, tags));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Record(i, value, tags));
        listener.Start();

        await flights.AppendAsync([new("k", new Flight("ABQ", 1)), new("k", new Flight("ABQ", 2))], cancellation: Cancellation);
        await flights.DeleteAsync(Cancellation);
        await Assert.ThrowsAsync<HeadwaterException>(() => flights.AppendAsync([new("k", new Flight("ABQ", 3))], cancellation: Cancellation));

        Assert.Equal(2, measured.Where(m => m.Name == "messaging.client.sent.messages").Sum(m => m.Value));
        Assert.Equal([null, "stream_not_found"], measured.Where(m => m.Name == "messaging.client.operation.duration").Select(m => m.Error));
    }
}
