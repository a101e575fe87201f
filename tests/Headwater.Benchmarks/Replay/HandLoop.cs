using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Headwater.Client;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Benchmarks.Replay;

/// <summary>The least that a replay must do, by hand: inflates, checks the CRC, and fills the objects that a replay gives.</summary>
internal static class HandLoop
{
    private const int BatchEvents = 1_024;

    /// <returns>The number of events.</returns>
    public static long Run(byte[] file, Action<List<ReceivedEvent<Sale>>> take)
    {
        SegmentHeader.TryRead(file, out SegmentHeader? header, out int at);
        byte[] data = new byte[1 << 20];
        long events = 0;
        while (at < file.Length)
        {
            var frame = new AvroReader(file.AsSpan(at));
            int count = (int)frame.ReadLong();
            int size = (int)frame.ReadLong();
            int length = Inflate(file, at + frame.Consumed, size, ref data);
            Read(data.AsSpan(0, length), count, header!.Partition, take);
            at += frame.Consumed + size + SyncMarker.Size;
            events += count;
        }

        return events;
    }

    private static int Inflate(byte[] file, int start, int size, ref byte[] data)
    {
        using var stored = new MemoryStream(file, start, size, writable: false);
        using var inflate = new DeflateStream(stored, CompressionMode.Decompress);
        int length = 0;
        for (int read; (read = inflate.Read(data, length, data.Length - length)) > 0;)
        {
            length += read;
            if (length == data.Length)
            {
                Array.Resize(ref data, 2 * length);
            }
        }

        return length;
    }

    private static void Read(ReadOnlySpan<byte> data, int count, PartitionId partition, Action<List<ReceivedEvent<Sale>>> take)
    {
        var reader = new AvroReader(data);
        var batch = new List<ReceivedEvent<Sale>>(Math.Min(count, BatchEvents));
        for (int i = 0; i < count; i++)
        {
            batch.Add(ReadEvent(data, ref reader, partition));
            if (batch.Count == BatchEvents || i == count - 1)
            {
                take(batch);
                batch = new List<ReceivedEvent<Sale>>(Math.Min(count - i - 1, BatchEvents));
            }
        }
    }

    private static ReceivedEvent<Sale> ReadEvent(ReadOnlySpan<byte> data, ref AvroReader reader, PartitionId partition)
    {
        var offset = new Offset(reader.ReadLong());
        var appended = new UnixMicros(reader.ReadLong());
        UnixMicros? time = reader.ReadLong() == 1 ? new UnixMicros(reader.ReadLong()) : null;
        string? key = reader.ReadLong() == 1 ? Encoding.UTF8.GetString(reader.ReadBytes()) : null;
        if (reader.ReadLong() != 0)
        {
            throw new NotSupportedException("The sales have no headers.");
        }

        if (reader.ReadLong() == 1)
        {
            CheckBatch(data, ref reader);
        }

        return new ReceivedEvent<Sale>
        {
            Partition = partition,
            Offset = offset,
            Appended = appended,
            Time = time,
            Key = key,
            Value = reader.ReadLong() == 1 ? ReadSale(ref reader) : null,
        };
    }

    private static void CheckBatch(ReadOnlySpan<byte> data, ref AvroReader reader)
    {
        reader.Skip(16);
        for (int i = 0; i < 2; i++)
        {
            reader.Skip(reader.ReadLong() == 1 ? 16 : 0);
        }

        if (reader.ReadLong() == 1)
        {
            reader.SkipBytes();
        }

        reader.ReadLong();
        reader.ReadLong();
        reader.ReadLong();
        int at = reader.Consumed;
        uint state = Crc32C.Append(Crc32C.Start, data[..at]);
        state = Crc32C.Append(state, [0, 0, 0, 0]);
        state = Crc32C.Append(state, data[(at + 4)..]);
        if (Crc32C.Finish(state) != BinaryPrimitives.ReadUInt32LittleEndian(reader.ReadFixed(4)))
        {
            throw new InvalidDataException("The checksum does not match.");
        }
    }

    private static Sale ReadSale(ref AvroReader reader) => new(
        Encoding.UTF8.GetString(reader.ReadBytes()),
        reader.ReadLong(),
        reader.ReadLong(),
        reader.ReadInt(),
        reader.ReadDouble(),
        (Currency)reader.ReadLong(),
        ReadTags(ref reader),
        reader.ReadLong() == 1 ? Encoding.UTF8.GetString(reader.ReadBytes()) : null,
        DateTimeOffset.FromUnixTimeMilliseconds(reader.ReadLong()));

    private static List<string> ReadTags(ref AvroReader reader)
    {
        int count = (int)reader.ReadLong();
        var tags = new List<string>(count);
        while (count > 0)
        {
            for (int i = 0; i < count; i++)
            {
                tags.Add(Encoding.UTF8.GetString(reader.ReadBytes()));
            }

            count = (int)reader.ReadLong();
        }

        return tags;
    }
}
