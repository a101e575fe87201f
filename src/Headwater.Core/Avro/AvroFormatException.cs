namespace Headwater.Core.Avro;

/// <summary>Bytes are not valid Avro binary, or not of the expected schema.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="position">The position of the error, counted from the origin given to the reader.</param>
/// <param name="isTruncated">The bytes read so far are valid, but the data ends inside the value.</param>
public sealed class AvroFormatException(string message, long position, bool isTruncated = false)
    : Exception($"{message} (at byte {position})")
{
    /// <summary>The position of the error, counted from the origin given to the reader.</summary>
    public long Position { get; } = position;

    /// <summary>Whether the only error is that the data ends inside a value, so that more bytes may complete it.</summary>
    public bool IsTruncated { get; } = isTruncated;
}
