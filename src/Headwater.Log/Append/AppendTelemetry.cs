using System.Diagnostics;

namespace Headwater.Log.Append;

/// <summary>
/// Spans of appends, from the source <c>Headwater.Log</c>. A span covers one request from its decoded events to its outcome, including the wait for other
/// batches.
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
