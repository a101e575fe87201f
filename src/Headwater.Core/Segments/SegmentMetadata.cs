namespace Headwater.Core.Segments;

/// <summary>The keys of a segment's file metadata, in the order written. Stored data depends on these keys, so they must never change.</summary>
internal static class SegmentMetadata
{
    public const string AvroSchema = "avro.schema";
    public const string AvroCodec = "avro.codec";
    public const string Format = "headwater.format";
    public const string Stream = "headwater.stream";
    public const string StreamId = "headwater.stream_id";
    public const string Partition = "headwater.partition";
    public const string BaseOffset = "headwater.base_offset";

    /// <summary>The text of the stream's schema as given; absent for a stream without a schema.</summary>
    public const string Schema = "headwater.schema";
    public const string SchemaVersion = "headwater.schema_version";

    /// <summary>Absent without producers.</summary>
    public const string Producers = "headwater.producers";

    /// <summary>Absent if no request key is remembered.</summary>
    public const string KeysSince = "headwater.keys_since";

    /// <summary>Absent if no earlier segment has a remembered request key, and in segments of older versions.</summary>
    public const string Keys = "headwater.keys";

    /// <summary>Absent in segments of older versions.</summary>
    public const string ProducersForgotten = "headwater.producers_forgotten";
    public const string Crc = "headwater.crc";

    public const string FormatVersion = "1";

    /// <summary>The number of hexadecimal digits of the checksum, which is computed with all of them '0'.</summary>
    public const int CrcDigits = 8;

    public static ReadOnlySpan<byte> Magic => "Obj\u0001"u8;

    public static ReadOnlySpan<byte> ZeroCrc => "00000000"u8;
}
