using System.Buffers;
using System.Globalization;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;
using Headwater.Testing;

namespace Headwater.Benchmarks.Scale;

/// <summary>Writes segments as appends and rolls would have written them, because a hundred thousand rolls would take too long.</summary>
internal static class StoredSegments
{
    /// <summary>Replaces the first segment of partition 0 by this many. All but the last are sealed and have an index.</summary>
    public static async Task WriteAsync(SimulatedService service, StreamDescription stream, int segments, int events)
    {
        string folder = BlobNames.PartitionFolder(stream.Name, stream.StreamId, new PartitionId(0));
        var now = UnixMicros.From(service.Time.GetUtcNow());
        await service.Blobs.DeleteAsync(BlobNames.Segment(folder, Offset.Zero), null, CancellationToken.None);
        var randomness = new SeededRandomness(7);
        using EventBatch batch = Events(events);
        for (int i = 0; i < segments; i++)
        {
            var start = new Offset((long)i * events);
            var header = new SegmentHeader
            {
                Stream = stream.Name.Value,
                StreamId = stream.StreamId,
                Partition = new PartitionId(0),
                BaseOffset = start,
                Schema = stream.Schema,
                SchemaVersion = stream.SchemaVersion,
                Codec = stream.Settings.Codec,
                Sync = new SyncMarker(randomness.NextId()),
                ProducersForgotten = new UnixMicros(0),
            };
            var bytes = new ArrayBufferWriter<byte>();
            header.WriteTo(bytes);
            int first = bytes.WrittenCount;
            var record = new BatchRecord(new BatchId(randomness.NextId()), null, null, null, ProducerEpoch.None, SequenceNumber.Zero, events);
            BlockEncoder.Write(batch, record, start, now, header.Codec, header.Sync, bytes);
            string name = BlobNames.Segment(folder, start);
            await service.Blobs.CreateAppendBlobAsync(name, CancellationToken.None);
            await service.Blobs.AppendBlockAsync(name, 0, bytes.WrittenMemory, CancellationToken.None);
            if (i + 1 < segments)
            {
                await service.Blobs.SealAsync(name, CancellationToken.None);
                await WriteIndexAsync(service, name, new SegmentIndex([new IndexEntry(start, now, first)], start + events, now));
            }
        }
    }

    private static async Task WriteIndexAsync(SimulatedService service, string segment, SegmentIndex index)
    {
        var bytes = new ArrayBufferWriter<byte>();
        index.WriteTo(bytes);
        await service.Blobs.WriteAsync(BlobNames.IndexOf(segment), bytes.WrittenMemory, WriteCondition.IfAbsent, CancellationToken.None);
    }

    private static EventBatch Events(int count)
    {
        var batch = new EventBatch();
        for (int i = 0; i < count; i++)
        {
            batch.Begin(null, i.ToString(CultureInfo.InvariantCulture), []);
            batch.Value.WriteUnionIndex(1);
            batch.Value.WriteBytes("\"v\""u8);
            batch.End();
        }

        return batch;
    }
}
