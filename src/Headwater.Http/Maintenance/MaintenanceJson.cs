using System.Text.Json;
using Headwater.Log.Maintenance;

namespace Headwater.Http.Maintenance;

/// <summary>What maintenance did, as JSON.</summary>
internal static class MaintenanceJson
{
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
        json.WriteEndObject();
    }
}
