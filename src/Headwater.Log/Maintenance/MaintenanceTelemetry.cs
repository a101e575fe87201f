using System.Diagnostics.Metrics;
using Headwater.Core.Positions;
using Headwater.Log.Compaction;

namespace Headwater.Log.Maintenance;

/// <summary>
/// Metrics of partitions and of compaction, under the meter name <c>Headwater.Maintenance</c>. Each maintenance call records the partitions it processed.
/// Metrics are tagged by stream and partition, and the OpenTelemetry SDK keeps 2,000 series per metric and merges the rest into one. A call therefore records
/// at most the <see cref="PartitionsMax"/> dirtiest partitions, and the sizes of as many of the largest.
/// </summary>
public static class MaintenanceTelemetry
{
    /// <summary>The meter's name, to subscribe to.</summary>
    public const string Name = "Headwater.Maintenance";

    /// <summary>Maximum number of partitions whose metrics one call records.</summary>
    public const int PartitionsMax = 1_000;

    private const double MicrosPerSecond = 1_000_000;

    private static readonly Meter Meter = new(Name);

    private static readonly Gauge<double> DirtyRatio =
        Meter.CreateGauge<double>(
            "headwater.compaction.dirty_ratio",
            "1",
            "Share of the bytes of sealed segments, of those old enough, that maintenance left uncleaned.");

    private static readonly Gauge<double> LastRun =
        Meter.CreateGauge<double>("headwater.compaction.last_run", "s", "When a compaction last ended, in seconds since 1970-01-01T00:00:00Z.");

    private static readonly Gauge<double> OldestDirtyAge =
        Meter.CreateGauge<double>(
            "headwater.compaction.oldest_dirty_age",
            "s",
            "Time since the append of the first event that maintenance left uncleaned, of those old enough; 0 if there is none.");

    private static readonly Gauge<long> KeyHeldBytes =
        Meter.CreateGauge<long>(
            "headwater.compaction.key_held_bytes",
            "By",
            "Stored bytes of sealed segments that compaction leaves as they are because a request key in them or before them is remembered.");

    private static readonly Gauge<long> Events =
        Meter.CreateGauge<long>("headwater.partition.events", "{event}", "Offsets from the log start to the log end, those that compaction removed included.");

    private static readonly Gauge<long> Bytes =
        Meter.CreateGauge<long>("headwater.partition.bytes", "By", "Stored bytes of the live segments.");

    /// <summary>
    /// Records the sizes of the report's partitions, largest first, and the metrics of its compacted partitions, dirtiest first. Skips compaction's metrics
    /// for partitions that another instance compacts; that instance records them.
    /// </summary>
    public static void Record(MaintenanceReport report)
    {
        RecordSizes(report);
        var seen =
            from stream in report.Streams
            from partition in stream.Partitions
            let compaction = partition.Compaction
            where compaction is { Busy: false }
            orderby compaction.DirtyRatio descending
            select (Report: compaction, stream.At, Stream: stream.Stream.Value, Partition: partition.Partition.Value);
        foreach ((CompactionReport compaction, UnixMicros at, string stream, int partition) in seen.Take(PartitionsMax))
        {
            Record(compaction, at, new("stream", stream), new("partition", partition));
        }
    }

    private static void RecordSizes(MaintenanceReport report)
    {
        var sizes = report.Streams.SelectMany(s => s.Partitions, (s, p) => (Stream: s.Stream.Value, Report: p, Events: p.LogEnd - p.LogStart));
        foreach ((string stream, PartitionReport partition, long events) in sizes.OrderByDescending(s => s.Events).Take(PartitionsMax))
        {
            KeyValuePair<string, object?>[] tags = [new("stream", stream), new("partition", partition.Partition.Value)];
            Events.Record(events, tags);
            if (partition.Compaction?.LiveBytes is { } bytes)
            {
                Bytes.Record(bytes, tags);
            }
        }
    }

    private static void Record(CompactionReport report, UnixMicros at, KeyValuePair<string, object?> stream, KeyValuePair<string, object?> partition)
    {
        UnixMicros? oldest = report.Ended ? null : report.OldestDirty;
        DirtyRatio.Record(report.Ended ? 0 : report.DirtyRatio, stream, partition);
        KeyHeldBytes.Record(report.KeyHeldBytes, stream, partition);
        OldestDirtyAge.Record(oldest is { } since ? Math.Max(0, at.Value - since.Value) / MicrosPerSecond : 0, stream, partition);
        if (report.LastRun is { } last)
        {
            LastRun.Record(last.Value / MicrosPerSecond, stream, partition);
        }
    }
}
