using Avro.File;
using Avro.Generic;
using Headwater.Log.Ports;
using Headwater.Simulation.History;
using Headwater.Simulation.Service;
using Headwater.Simulation.Workload;

namespace Headwater.Simulation.Checking;

/// <summary>
/// Reads storage without code of the log: it derives blob names from the format's documentation and reads segments with Apache's Avro container reader.
/// The live segments of a partition
/// are the sealed ones and the last one. Deleted segments come from the archive.
/// </summary>
internal static class StoredLogReader
{
    public static StoredLog Read(StorageService service)
    {
        var segments = new Dictionary<PartitionKey, SortedDictionary<long, byte[]>>();
        foreach (ArchivedSegment archived in service.Watch.Archive)
        {
            Note(segments, archived.Partition, archived.Base, archived.Content);
        }

        foreach (BlobItem item in service.All(""))
        {
            if (SegmentBlobName.TryParse(item.Name, out PartitionKey key, out long start) && item.Length > 0)
            {
                using BlobRead? read = service.Read(item.Name, 0, int.MaxValue);
                Note(segments, key, start, read!.Content.ToArray());
            }
        }

        return new StoredLog(segments.ToDictionary(s => s.Key, s => (IReadOnlyList<StoredEvent>)Events(s.Key, s.Value, service.Watch.Partition(s.Key).Steps)));
    }

    private static void Note(Dictionary<PartitionKey, SortedDictionary<long, byte[]>> segments, PartitionKey key, long start, byte[] content)
    {
        if (!segments.TryGetValue(key, out SortedDictionary<long, byte[]>? known))
        {
            segments[key] = known = [];
        }

        // A late creation can leave a shorter blob of the same name after the segment was deleted.
        known[start] = known.TryGetValue(start, out byte[]? other) && other.Length > content.Length ? other : content;
    }

    private static List<StoredEvent> Events(PartitionKey key, SortedDictionary<long, byte[]> segments, IReadOnlyList<long> steps)
    {
        var events = new List<StoredEvent>();
        foreach ((long start, byte[] content) in segments)
        {
            using IFileReader<GenericRecord> file = DataFileReader<GenericRecord>.OpenReader(new MemoryStream(content));
            if (file.GetMetaString("headwater.stream_id") != key.StreamId || file.GetMetaLong("headwater.base_offset") != start)
            {
                throw new ViolationException(ViolationKind.BrokenSegments, $"{key}: the header of segment {start} names another stream or offset");
            }

            if (start != events.Count)
            {
                throw new ViolationException(ViolationKind.Gap, $"{key}: segment {start} follows offset {events.Count - 1}");
            }

            foreach (GenericRecord record in file.NextEntries)
            {
                events.Add(Event(record, steps));
            }
        }

        return events;
    }

    private static StoredEvent Event(GenericRecord record, IReadOnlyList<long> steps)
    {
        long offset = (long)record["offset"];
        long appended = record["appended"] is DateTime time ? (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond : (long)record["appended"];
        long step =
            offset < steps.Count ? steps[(int)offset] : throw new ViolationException(ViolationKind.Invented, $"offset {offset} was never seen being stored");
        ProducerStamp? producer = record["batch"] is GenericRecord batch && batch["producer"] is string id
            ? new ProducerStamp(id, (int)batch["epoch"], (long)batch["sequence"])
            : null;
        return new StoredEvent(offset, EventValue.Read(record), appended, step, producer)
        {
            Key = record["key"] as string,
            IsTombstone = record["value"] is null,
        };
    }
}
