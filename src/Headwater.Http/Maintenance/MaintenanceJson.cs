using System.Text.Json;
using Headwater.Log.Compaction;
using Headwater.Log.Maintenance;

namespace Headwater.Http.Maintenance;

/// <summary>What maintenance did, as JSON.</summary>
internal static class MaintenanceJson
{
    /// <summary>Kinds of work as requests and answers name them.</summary>
    public static readonly (string Name, MaintenanceWork Work)[] WorkNames =
    [
        ("seal", MaintenanceWork.Seal),
        ("checkpoint", MaintenanceWork.Checkpoint),
        ("retain", MaintenanceWork.Retain),
        ("compact", MaintenanceWork.Compact),
        ("sweep", MaintenanceWork.Sweep),
    ];

    public static void WriteNames(Utf8JsonWriter json, string member, MaintenanceWork work)
    {
        json.WriteStartArray(member);
        foreach ((string name, _) in WorkNames.Where(n => work.HasFlag(n.Work)))
            json.WriteStringValue(name);
        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, MaintenanceReport report)
    {
        json.WriteStartObject();
        json.WriteBoolean("finished", report.Finished);
        json.WriteNumber("storageCalls", report.Streams.Sum(s => s.StorageCalls));
        json.WriteStartArray("partitions");
        foreach (PartitionReport partition in report.Streams.SelectMany(s => s.Partitions))
            Write(json, partition);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PartitionReport partition)
    {
        json.WriteStartObject();
        json.WriteNumber("partition", partition.Partition.Value);
        json.WriteNumber("logStartOffset", partition.LogStart.Value);
        json.WriteNumber("logEndOffset", partition.LogEnd.Value);
        json.WriteBoolean("sealed", partition.Sealed);
        json.WriteBoolean("checkpointed", partition.Checkpointed);
        json.WriteNumber("segmentsDropped", partition.SegmentsDropped);
        json.WriteNumber("swept", partition.Swept);
        if (partition.Compaction is { } compaction)
            Write(json, compaction);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CompactionReport report)
    {
        json.WriteStartObject("compaction");
        json.WriteBoolean("unfinished", report.Unfinished);
        json.WriteBoolean("busy", report.Busy);
        json.WriteNumber("dirtyRatio", report.DirtyRatio);
        if (report.OldestDirty is { } oldest)
            json.WriteString("oldestDirty", oldest.ToDateTimeOffset().UtcDateTime);
        if (report.LastRun is { } last)
            json.WriteString("lastRun", last.ToDateTimeOffset().UtcDateTime);
        Write(json, "segments", report.SegmentsBefore, report.SegmentsAfter);
        Write(json, "bytes", report.BytesBefore, report.BytesAfter);
        Write(json, "events", report.EventsBefore, report.EventsAfter);
        json.WriteNumber("keys", report.Keys);
        json.WriteNumber("tombstones", report.Tombstones);
        json.WriteNumber("passes", report.Passes);
        json.WriteNumber("deleted", report.Deleted);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, long before, long after)
    {
        json.WriteStartObject(name);
        json.WriteNumber("before", before);
        json.WriteNumber("after", after);
        json.WriteEndObject();
    }
}
