using Headwater.Contracts.Errors;
using Headwater.Core.Avro;
using Headwater.Core.Segments;
using Headwater.Formats.Incoming;
using Headwater.Log.Model;

namespace Headwater.Formats.Containers;

/// <summary>
/// Reads an Avro container file. Blocks are decompressed one by one, and values are copied unchanged after they were checked against the stream's schema.
/// </summary>
public static class AvroEvents
{
    /// <exception cref="HeadwaterException">MalformedBody, EventInvalid (of the schema), BodyTooLarge, TooManyEvents.</exception>
    public static void Read(ReadOnlySpan<byte> body, IncomingEvents into)
    {
        try
        {
            ContainerHeader header = ContainerHeader.Read(body);
            using var records = new ContainerRecordReader(ContainerLayout.Of(header.Schema, into.Schema, into.Budget), into);
            ReadBlocks(body, header, records, into);
        }
        catch (AvroFormatException e)
        {
            throw Malformed(e.Message, into.Count, e);
        }
        catch (SegmentFormatException e)
        {
            throw Malformed(e.Message, into.Count, e);
        }
    }

    private static void ReadBlocks(ReadOnlySpan<byte> body, ContainerHeader header, ContainerRecordReader records, IncomingEvents into)
    {
        var reader = new AvroReader(body[header.Length..], header.Length);
        int inflated = 0;
        using var data = new PooledBuffer(budget: into.Budget);
        while (reader.Remaining > 0 && !into.IsHopeless)
        {
            long position = reader.Position;
            long count = reader.ReadLong();
            ReadOnlySpan<byte> stored = reader.ReadBytes();
            if (count < 0 || SyncMarker.FromBytes(reader.ReadFixed(SyncMarker.Size)) != header.Sync)
            {
                throw new AvroFormatException("a block's count is negative or its sync marker is not the header's", position);
            }

            data.Truncate(0);
            Decompress(stored, header.Codec, Limits.DecompressedBytes - inflated, position, data);
            inflated += data.Length;
            ReadBlock(data.Written, count, records, into);
        }
    }

    private static void Decompress(ReadOnlySpan<byte> stored, BlockCodec codec, int left, long position, PooledBuffer data)
    {
        try
        {
            BlockCompression.Decompress(stored, codec, Math.Min(left, Limits.ContainerBlockBytes), position, data);
        }
        catch (SegmentFormatException e) when (e.IsTooLarge)
        {
            throw left < Limits.ContainerBlockBytes
                ? TooLarge(
                    $"The body exceeds the limit of {Limits.DecompressedBytes:N0} bytes after decompression; split the request.", Limits.DecompressedBytes, e)
                : TooLarge(
                    $"A block of the container file exceeds the limit of {Limits.ContainerBlockBytes:N0} bytes after decompression; write smaller blocks.",
                    Limits.ContainerBlockBytes,
                    e);
        }
    }

    private static HeadwaterException TooLarge(string detail, int limit, Exception inner) =>
        new(ErrorCode.BodyTooLarge, detail, inner) { Facts = new LimitFacts(limit) };

    private static void ReadBlock(ReadOnlySpan<byte> data, long count, ContainerRecordReader records, IncomingEvents into)
    {
        var reader = new AvroReader(data);
        for (long i = 0; i < count; i++)
        {
            if (into.IsHopeless)
            {
                return;
            }

            records.Read(ref reader, data);
        }

        if (reader.Remaining > 0)
        {
            throw new AvroFormatException($"a block has {reader.Remaining} bytes after its last record", reader.Position);
        }
    }

    private static HeadwaterException Malformed(string message, int index, Exception inner) =>
        new(ErrorCode.MalformedBody, $"The body is not an Avro container file: {message} (event {index}). Nothing was stored.", inner)
        {
            Facts = new EventFaultsFacts([new EventFault(index, "", message)]),
        };
}
