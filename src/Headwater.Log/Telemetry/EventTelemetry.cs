using System.Diagnostics.Metrics;

namespace Headwater.Log.Telemetry;

/// <summary>
/// Counts events appended and read, both over HTTP and through queues. The meter has the name of the HTTP API because dashboards refer to it by that name.
/// </summary>
public static class EventTelemetry
{
    private static readonly Meter Meter = new("Headwater.Http");

    private static readonly Counter<long> EventsIn =
        Meter.CreateCounter<long>("headwater.events.appended", "{event}", "Events acknowledged to their producers, repeats included.");

    private static readonly Counter<long> EventsOut = Meter.CreateCounter<long>("headwater.events.read", "{event}", "Events delivered to readers.");

    /// <summary>Counts events acknowledged to their producer, repeated requests included.</summary>
    public static void Appended(long events) => EventsIn.Add(events);

    /// <summary>Counts events delivered to a reader, once per delivery.</summary>
    public static void Read(long events) => EventsOut.Add(events);
}
