using System.Diagnostics.Metrics;

namespace Headwater.Log.Telemetry;

/// <summary>
/// Counts events in and out, whichever way they take. The meter is named after the HTTP API, where it was first kept: dashboards know it by that
/// name.
/// </summary>
public static class EventTelemetry
{
    private static readonly Meter Meter = new("Headwater.Http");

    private static readonly Counter<long> EventsIn =
        Meter.CreateCounter<long>("headwater.events.appended", "{event}", "Events acknowledged to their producers, repeats included.");

    private static readonly Counter<long> EventsOut = Meter.CreateCounter<long>("headwater.events.read", "{event}", "Events delivered to readers.");

    /// <summary>Events acknowledged to their producer.</summary>
    public static void Appended(long events) => EventsIn.Add(events);

    /// <summary>Events delivered to a reader.</summary>
    public static void Read(long events) => EventsOut.Add(events);
}
