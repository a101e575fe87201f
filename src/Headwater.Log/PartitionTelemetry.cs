using System.Diagnostics.Metrics;
using Headwater.Log.Telemetry;

namespace Headwater.Log;

/// <summary>The partitions that a process has in memory, under the meter <c>Headwater.Log</c>.</summary>
internal static class PartitionTelemetry
{
    private static readonly Meter Meter = new("Headwater.Log");

    private static readonly LiveObjects<PartitionLogs> Logs = new();

    static PartitionTelemetry()
    {
        Meter.CreateObservableUpDownCounter("headwater.partitions.open", () => Logs.All().Sum(l => (long)l.Count), "{partition}", "Partitions in memory.");
        Meter.CreateObservableUpDownCounter(
            "headwater.partitions.usage", () => Logs.All().Sum(l => l.Bytes), "By", "Bytes of the partitions in memory, estimated as of their last use.");
        Meter.CreateObservableUpDownCounter(
            "headwater.partitions.limit",
            () => Logs.All().Sum(l => l.Limit),
            "By",
            "Bytes beyond which partitions that nothing uses are dropped from memory.");
    }

    /// <summary>Reports on a log's partitions as long as the log is used.</summary>
    public static void Watch(PartitionLogs partitions) => Logs.Add(partitions);
}
