using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;

namespace Headwater.Core.Segments;

/// <summary>Reads a header in three steps: find the metadata, verify the checksum, interpret the metadata.</summary>
internal static class SegmentHeaderReader
{
    /// <summary>One byte each for the length of the key and of the value.</summary>
    private const int MinMetadataBytes = 2;

    public static bool TryRead(ReadOnlySpan<byte> data, [NotNullWhen(true)] out SegmentHeader? header, out int length)
    {
        header = null;
        length = 0;
        ReadOnlySpan<byte> magic = SegmentMetadata.Magic;
        if (!data.StartsWith(magic[..Math.Min(magic.Length, data.Length)]))
        {
            throw new SegmentFormatException("a segment does not begin with an Avro container's magic", 0);
        }

        ReadOnlySpan<byte> window = data[..Math.Min(data.Length, SegmentHeader.MaxBytes)];
        if (!TryReadMetadata(window, out Dictionary<string, Range>? metadata, out length))
        {
            return data.Length < SegmentHeader.MaxBytes
                ? false
                : throw new SegmentFormatException($"a header is larger than {SegmentHeader.MaxBytes} bytes", SegmentHeader.MaxBytes);
        }

        ReadOnlySpan<byte> whole = window[..length];
        CheckCrc(whole, metadata);
        header = Interpret(whole, metadata);
        return true;
    }

    private static bool TryReadMetadata(ReadOnlySpan<byte> data, [NotNullWhen(true)] out Dictionary<string, Range>? metadata, out int length)
    {
        var found = new Dictionary<string, Range>(StringComparer.Ordinal);
        var reader = new AvroReader(data);
        metadata = null;
        length = 0;
        try
        {
            reader.Skip(SegmentMetadata.Magic.Length);
            ReadMap(ref reader, found);
            reader.Skip(SyncMarker.Size);
        }
        catch (AvroFormatException e)
        {
            return e.IsTruncated ? false : throw new SegmentFormatException("a header is malformed", e.Position, e);
        }

        metadata = found;
        length = reader.Consumed;
        return true;
    }

    private static void ReadMap(ref AvroReader reader, Dictionary<string, Range> found)
    {
        while (true)
        {
            AvroBlock block = reader.ReadBlock(MinMetadataBytes);
            if (block.Count == 0)
            {
                return;
            }

            for (int i = 0; i < block.Count; i++)
            {
                string key = Encoding.UTF8.GetString(reader.ReadUtf8());
                int size = reader.ReadBytes().Length;
                if (!found.TryAdd(key, (reader.Consumed - size)..reader.Consumed))
                {
                    throw new AvroFormatException($"metadata '{key}' occurs twice", reader.Position);
                }
            }

            reader.EndBlock(block);
        }
    }

    private static void CheckCrc(ReadOnlySpan<byte> header, Dictionary<string, Range> metadata)
    {
        (int start, int size) = Find(SegmentMetadata.Crc, header, metadata);
        if (size != SegmentMetadata.CrcDigits)
        {
            throw new SegmentFormatException($"a header's checksum has {size} digits", start);
        }

        uint state = Crc32C.Append(Crc32C.Start, header[..start]);
        state = Crc32C.Append(state, SegmentMetadata.ZeroCrc);
        state = Crc32C.Append(state, header[(start + size)..]);
        Span<byte> expected = stackalloc byte[SegmentMetadata.CrcDigits];
        Crc32C.Finish(state).TryFormat(expected, out _, "x8", CultureInfo.InvariantCulture);
        if (!header.Slice(start, size).SequenceEqual(expected))
        {
            throw new SegmentFormatException("a header's checksum does not match", start);
        }
    }

    private static SegmentHeader Interpret(ReadOnlySpan<byte> data, Dictionary<string, Range> metadata)
    {
        string format = Text(SegmentMetadata.Format, data, metadata);
        if (format != SegmentMetadata.FormatVersion)
        {
            throw Wrong(SegmentMetadata.Format, format, data, metadata);
        }

        string codecName = Text(SegmentMetadata.AvroCodec, data, metadata);
        if (!BlockCodecNames.TryParse(codecName, out BlockCodec codec))
        {
            throw Wrong(SegmentMetadata.AvroCodec, codecName, data, metadata);
        }

        Find(SegmentMetadata.AvroSchema, data, metadata);
        return new SegmentHeader
        {
            Stream = Text(SegmentMetadata.Stream, data, metadata),
            StreamId = Text(SegmentMetadata.StreamId, data, metadata),
            Partition = new PartitionId((int)Number(SegmentMetadata.Partition, int.MaxValue, data, metadata)),
            BaseOffset = new Offset(Number(SegmentMetadata.BaseOffset, long.MaxValue, data, metadata)),
            Schema = ReadSchema(data, metadata),
            SchemaVersion = (int)Number(SegmentMetadata.SchemaVersion, int.MaxValue, data, metadata),
            Codec = codec,
            Sync = SyncMarker.FromBytes(data[^SyncMarker.Size..]),
            Producers = ReadProducers(data, metadata),
            KeysSince = metadata.ContainsKey(SegmentMetadata.KeysSince) ? new Offset(Number(SegmentMetadata.KeysSince, long.MaxValue, data, metadata)) : null,
            Keys = ReadKeys(data, metadata),
            ProducersForgotten = metadata.ContainsKey(SegmentMetadata.ProducersForgotten)
                ? new UnixMicros(Number(SegmentMetadata.ProducersForgotten, UnixMicros.MaxValue.Value, data, metadata)) : null,
        };
    }

    private static List<KeySegment> ReadKeys(ReadOnlySpan<byte> data, Dictionary<string, Range> metadata)
    {
        if (!metadata.ContainsKey(SegmentMetadata.Keys))
        {
            return [];
        }

        string text = Text(SegmentMetadata.Keys, data, metadata);
        var segments = new List<KeySegment>();
        foreach (string item in text.Split(','))
        {
            string[] parts = item.Split(':');
            if (parts.Length != 3
                || !TryNumber(parts[0], long.MaxValue, out long first)
                || !TryNumber(parts[1], int.MaxValue, out long count)
                || !TryNumber(parts[2], UnixMicros.MaxValue.Value, out long last)
                || count == 0
                || (segments.Count > 0 && first <= segments[^1].Base.Value))
            {
                throw Wrong(SegmentMetadata.Keys, text, data, metadata);
            }

            segments.Add(new KeySegment(new Offset(first), (int)count, new UnixMicros(last)));
        }

        return segments;
    }

    private static ValueSchema ReadSchema(ReadOnlySpan<byte> data, Dictionary<string, Range> metadata)
    {
        if (!metadata.ContainsKey(SegmentMetadata.Schema))
        {
            return ValueSchema.Bytes;
        }

        try
        {
            return ValueSchema.Parse(Text(SegmentMetadata.Schema, data, metadata));
        }
        catch (SchemaException e)
        {
            throw new SegmentFormatException("the schema in a header is invalid", Find(SegmentMetadata.Schema, data, metadata).Start, e);
        }
    }

    private static IReadOnlyList<ProducerState> ReadProducers(ReadOnlySpan<byte> data, Dictionary<string, Range> metadata)
    {
        if (!metadata.TryGetValue(SegmentMetadata.Producers, out Range range))
        {
            return [];
        }

        var reader = new AvroReader(data[range], range.Start.GetOffset(data.Length));
        try
        {
            IReadOnlyList<ProducerState> producers = ProducerStateCodec.Read(ref reader);
            return reader.Remaining == 0 ? producers : throw new AvroFormatException("bytes follow the producer state", reader.Position);
        }
        catch (AvroFormatException e)
        {
            throw new SegmentFormatException("the producer state in a header is malformed", e.Position, e);
        }
    }

    private static long Number(string key, long most, ReadOnlySpan<byte> data, Dictionary<string, Range> metadata)
    {
        string text = Text(key, data, metadata);
        return TryNumber(text, most, out long value) ? value : throw Wrong(key, text, data, metadata);
    }

    private static bool TryNumber(string text, long most, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= most;

    private static string Text(string key, ReadOnlySpan<byte> data, Dictionary<string, Range> metadata)
    {
        (int start, int size) = Find(key, data, metadata);
        ReadOnlySpan<byte> utf8 = data.Slice(start, size);
        return System.Text.Unicode.Utf8.IsValid(utf8)
            ? Encoding.UTF8.GetString(utf8)
            : throw new SegmentFormatException($"metadata '{key}' is not UTF-8", start);
    }

    private static (int Start, int Size) Find(string key, ReadOnlySpan<byte> data, Dictionary<string, Range> metadata) =>
        metadata.TryGetValue(key, out Range range)
            ? range.GetOffsetAndLength(data.Length)
            : throw new SegmentFormatException($"a header lacks metadata '{key}'", 0);

    private static SegmentFormatException Wrong(string key, string text, ReadOnlySpan<byte> data, Dictionary<string, Range> metadata) =>
        new($"metadata '{key}' is '{text}'", Find(key, data, metadata).Start);
}
