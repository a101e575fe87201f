namespace Headwater.Core.Segments;

/// <summary>How the blocks of a segment are compressed. The numbers are stored in checkpoints: they never change.</summary>
public enum BlockCodec
{
    Null = 0,

    /// <summary>Raw deflate (RFC 1951), which every Avro reader has.</summary>
    Deflate = 1,

    /// <summary>One Zstandard frame (RFC 8878) that says its content size.</summary>
    Zstandard = 2,
}
