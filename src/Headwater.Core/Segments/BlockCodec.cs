namespace Headwater.Core.Segments;

/// <summary>How the blocks of a segment are compressed. Checkpoints store these numbers, so they must never change.</summary>
public enum BlockCodec
{
    /// <summary>Not compressed.</summary>
    Null = 0,

    /// <summary>Raw deflate (RFC 1951), which every Avro reader supports.</summary>
    Deflate = 1,

    /// <summary>One Zstandard frame (RFC 8878) that states its content size.</summary>
    Zstandard = 2,
}
