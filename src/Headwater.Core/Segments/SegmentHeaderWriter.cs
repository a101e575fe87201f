using System.Buffers;
using System.Globalization;
using Headwater.Core.Avro;

namespace Headwater.Core.Segments;

/// <summary>Writes magic, metadata (one map block) and sync marker, then fills in the checksum of all of these.</summary>
internal static class SegmentHeaderWriter
{
    public static void Write(SegmentHeader header, IBufferWriter<byte> output)
    {
        using var buffer = new PooledBuffer(4096);
        buffer.Write(SegmentMetadata.Magic);
        int crcEnd = WriteMetadata(header, buffer);
        header.Sync.TryWriteBytes(buffer.GetSpan(SyncMarker.Size));
        buffer.Advance(SyncMarker.Size);
        if (buffer.Length > SegmentHeader.MaxBytes)
        {
            throw new ArgumentException($"The header has {buffer.Length} bytes; the limit is {SegmentHeader.MaxBytes}.", nameof(header));
        }

        uint crc = Crc32C.Of(buffer.Written);
        Span<byte> digits = buffer.Patch(crcEnd - SegmentMetadata.CrcDigits, SegmentMetadata.CrcDigits);
        crc.TryFormat(digits, out _, "x8", CultureInfo.InvariantCulture);
        output.Write(buffer.Written);
    }

    private static int WriteMetadata(SegmentHeader header, PooledBuffer buffer)
    {
        bool hasSchema = header.Schema.Verbatim is not null;
        bool hasProducers = header.Producers.Count > 0;
        bool hasKeys = header.Keys.Count > 0;
        bool[] optional = [hasSchema, hasProducers, header.ProducersForgotten is not null, header.KeysSince is not null, hasKeys];
        buffer.WriteBlockCount(9 + optional.Count(present => present));
        Text(buffer, SegmentMetadata.AvroSchema, header.Schema.EventSchema);
        Text(buffer, SegmentMetadata.AvroCodec, header.Codec.Name());
        Text(buffer, SegmentMetadata.Format, SegmentMetadata.FormatVersion);
        Text(buffer, SegmentMetadata.Stream, header.Stream);
        Text(buffer, SegmentMetadata.StreamId, header.StreamId);
        Text(buffer, SegmentMetadata.Partition, header.Partition.ToString());
        Text(buffer, SegmentMetadata.BaseOffset, header.BaseOffset.ToString());
        if (hasSchema)
        {
            Text(buffer, SegmentMetadata.Schema, header.Schema.Verbatim);
        }

        Text(buffer, SegmentMetadata.SchemaVersion, header.SchemaVersion.ToString(CultureInfo.InvariantCulture));
        if (hasProducers)
        {
            WriteProducers(header, buffer);
        }

        if (header.ProducersForgotten is { } forgotten)
        {
            Text(buffer, SegmentMetadata.ProducersForgotten, forgotten.ToString());
        }

        if (header.KeysSince is { } keysSince)
        {
            Text(buffer, SegmentMetadata.KeysSince, keysSince.ToString());
        }

        if (hasKeys)
        {
            IEnumerable<string> keys = header.Keys.Select(k => string.Create(CultureInfo.InvariantCulture, $"{k.Base}:{k.Count}:{k.Last}"));
            Text(buffer, SegmentMetadata.Keys, string.Join(',', keys));
        }

        buffer.WriteString(SegmentMetadata.Crc);
        buffer.WriteBytes(SegmentMetadata.ZeroCrc);
        int crcEnd = buffer.Length;
        buffer.WriteBlockCount(0);
        return crcEnd;
    }

    private static void WriteProducers(SegmentHeader header, PooledBuffer buffer)
    {
        using var state = new PooledBuffer();
        ProducerStateCodec.Write(state, header.Producers);
        buffer.WriteString(SegmentMetadata.Producers);
        buffer.WriteBytes(state.Written);
    }

    private static void Text(PooledBuffer buffer, string key, string? value)
    {
        buffer.WriteString(key);
        buffer.WriteString(value);
    }
}
