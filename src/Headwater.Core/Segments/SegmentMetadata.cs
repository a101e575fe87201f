namespace Headwater.Core.Segments;

/// <summary>Keys of a segment's file metadata, in the order they are written. Stored data depends on them: they never change.</summary>
internal static class SegmentMetadata
{
    public const string AvroSchema = "avro.schema";
    public const string AvroCodec = "avro.codec";
    public const string Format = "headwater.format";
    public const string Stream = "headwater.stream";
    public const string StreamId = "headwater.stream_id";
    public const string Partition = "headwater.partition";
    public const string BaseOffset = "headwater.base_offset";

    /// <summary>The user's schema as it was given; absent for a stream without one.</summary>
    public const string Schema = "headwater.schema";
    public const string SchemaVersion = "headwater.schema_version";

    /// <summary>Absent when there are none.</summary>
    public const string Producers = "headwater.producers";

    /// <summary>Absent when no request key is remembered.</summary>
    public const string KeysSince = "headwater.keys_since";
    public const string Crc = "headwater.crc";

    public const string FormatVersion = "1";

    /// <summary>Hexadecimal digits of the checksum; it is computed with all of them '0'.</summary>
    public const int CrcDigits = 8;

    public static ReadOnlySpan<byte> Magic => "Obj\u0001"u8;

    public static ReadOnlySpan<byte> ZeroCrc => "00000000"u8;
}
