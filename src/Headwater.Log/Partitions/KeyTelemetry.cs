using System.Diagnostics.Metrics;
using Headwater.Log.Telemetry;

namespace Headwater.Log.Partitions;

/// <summary>The memory of request keys of the open partitions of a process, under the meter <c>Headwater.Log</c>. Makes no storage call.</summary>
internal static class KeyTelemetry
{
    private static readonly Meter Meter = new("Headwater.Log");

    private static readonly LiveObjects<PartitionTail> Tails = new();

    static KeyTelemetry()
    {
        Meter.CreateObservableGauge(
            "headwater.keys.remembered", () => Tails.All().Sum(t => t.Reach().Keys), "{key}", "Request keys that the open partitions remember.");
        Meter.CreateObservableGauge(
            "headwater.keys.window",
            () => Tails.All().Select(t => t.Reach().Window.TotalSeconds).DefaultIfEmpty().Min(),
            "s",
            "How long the open partition with the most keys remembers a request key; 0 without an open partition.");
    }

    /// <summary>Reports on a tail as long as it is used.</summary>
    public static void Watch(PartitionTail tail) => Tails.Add(tail);
}
