using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Tests;

/// <summary>Writes compacted segments by hand: a segment of a higher generation that replaces whole live segments and keeps some of their events.</summary>
internal static class Compacted
{
    /// <summary>Replaces [start, end) with events at consecutive offsets from its start, and deletes the segments of generation 0 in that range.</summary>
    public static async Task OfAsync(World world, StreamDescription stream, long start, long end, params string[] values)
    {
        await WriteAsync(world, stream, start, end, 1, [.. values.Select((v, i) => (start + i, (string?)v))]);
        string folder = Folder(stream);
        foreach (string name in await world.NamesAsync(folder))
        {
            SegmentFile? file = SegmentFile.FromListing(new BlobItem(name, 0, true, default, ""));
            if (file is { Generation: 0 } && file.Base.Value >= start && file.Base.Value < end)
            {
                await world.Store.DeleteAsync(name, null, CancellationToken.None);
                await world.Store.DeleteAsync(BlobNames.Index(folder, file.Base), null, CancellationToken.None);
            }
        }
    }

    /// <summary>Writes a compacted segment with one block per event, so that gaps are between blocks and within pages.</summary>
    public static Task WriteAsync(World world, StreamDescription stream, long start, long end, int generation, params (long Offset, string? Value)[] events) =>
        WriteBlocksAsync(world, stream, start, end, generation, [.. events.Select(e => new[] { e })]);

    /// <summary>Writes a compacted segment with the given blocks, whose offsets may have gaps.</summary>
    public static Task WriteBlocksAsync(
        World world,
        StreamDescription stream,
        long start,
        long end,
        int generation,
        params (long Offset, string? Value)[][] blocks) =>
        WriteSinceAsync(world, stream, start, start, end, generation, blocks);

    /// <summary>Writes a compacted segment of which retention has removed everything before <paramref name="since"/>.</summary>
    public static async Task WriteSinceAsync(
        World world, StreamDescription stream, long start, long since, long end, int generation, params (long Offset, string? Value)[][] blocks)
    {
        var header = new SegmentHeader
        {
            Stream = stream.Name.Value,
            StreamId = stream.StreamId,
            Partition = new PartitionId(0),
            BaseOffset = new Offset(since),
            Schema = stream.Schema,
            SchemaVersion = stream.SchemaVersion,
            Codec = stream.Settings.Codec,
            Sync = new SyncMarker(77),
        };
        var bytes = new ArrayBufferWriter<byte>();
        header.WriteTo(bytes);
        foreach ((long Offset, string? Value)[] block in blocks)
        {
            WriteBlock(header, block, UnixMicros.From(world.Time.GetUtcNow()), bytes);
        }

        string name = BlobNames.Compacted(Folder(stream), new OffsetRange(new Offset(start), new Offset(end)), generation);
        await world.Store.WriteAsync(name, bytes.WrittenMemory, WriteCondition.IfAbsent, CancellationToken.None);
    }

    private static string Folder(StreamDescription stream) => BlobNames.PartitionFolder(stream.Name, stream.StreamId, new PartitionId(0));

    /// <summary>Writes one uncompressed block field by field, because the encoder does not support gaps.</summary>
    private static void WriteBlock(SegmentHeader header, (long Offset, string? Value)[] events, UnixMicros appended, ArrayBufferWriter<byte> output)
    {
        var body = new ArrayBufferWriter<byte>();
        int crcAt = 0;
        foreach ((long offset, string? value) in events)
        {
            body.WriteLong(offset);
            body.WriteLong(appended.Value);
            body.Write("\0\0\0"u8); // no time, no key, no headers
            body.WriteUnionIndex(crcAt == 0 ? 1 : 0);
            crcAt = crcAt == 0 ? WriteBatch(body, events.Length) : crcAt;
            body.WriteUnionIndex(value is null ? 0 : 1);
            if (value is not null)
            {
                body.WriteBytes(JsonSerializer.SerializeToUtf8Bytes(value));
            }
        }

        byte[] data = body.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(crcAt), Crc32C.Of(data));
        output.WriteLong(events.Length);
        output.WriteBytes(data);
        header.Sync.TryWriteBytes(output.GetSpan(SyncMarker.Size));
        output.Advance(SyncMarker.Size);
    }

    /// <returns>The position of the checksum.</returns>
    private static int WriteBatch(ArrayBufferWriter<byte> body, int count)
    {
        body.Write(new byte[16]);
        body.Write("\0\0\0"u8); // no request, no digest, no producer
        body.WriteInt(0);
        body.WriteLong(0);
        body.WriteInt(count);
        body.Write(new byte[Crc32C.Size]);
        return body.WrittenCount - Crc32C.Size;
    }
}
