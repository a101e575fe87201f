using System.Diagnostics.Metrics;

namespace Headwater.Log.Telemetry;

/// <summary>
/// How long appends and reads take in the log, under the meter <c>Headwater.Log</c>. The duration of the HTTP request contains the body's transfer and, for a
/// long poll, the wait for an event; these do not. Without tags, so that each is one series per process.
/// </summary>
internal static class DurationTelemetry
{
    private static readonly Meter Meter = new("Headwater.Log");

    private static readonly Histogram<double> Append = Meter.CreateHistogram<double>(
        "headwater.append.duration", "s", "Time from a request's decoded events to the answer that at least one partition stored its share.");

    private static readonly Histogram<double> Read = Meter.CreateHistogram<double>(
        "headwater.read.duration", "s", "Time to read a page of events from storage or cache, without the wait of a long poll and without sending it.");

    public static void Appended(TimeSpan elapsed) => Append.Record(elapsed.TotalSeconds);

    public static void PageRead(TimeSpan elapsed) => Read.Record(elapsed.TotalSeconds);
}
