using System.Diagnostics;

namespace Headwater.Log.Append;

/// <summary>
/// Spans of appends, under the name <c>Headwater.Log</c>: from having the events to knowing what became of them, waiting for others included.
/// </summary>
internal static class AppendTelemetry
{
    private static readonly ActivitySource Source = new("Headwater.Log");

    public static Activity? Begin(RequestEvents events)
    {
        Activity? span = Source.StartActivity("append");
        span?.SetTag("headwater.events", events.Count);
        span?.SetTag("headwater.partitions", events.Shares.Count);
        return span;
    }
}
