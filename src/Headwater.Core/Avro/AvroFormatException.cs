namespace Headwater.Core.Avro;

/// <summary>Bytes that are not the Avro binary they should be.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="position">Where, counted from the origin the reader was given.</param>
/// <param name="isTruncated">Nothing read so far is wrong, the data only ends before the value does.</param>
public sealed class AvroFormatException(string message, long position, bool isTruncated = false)
    : Exception($"{message} (at byte {position})")
{
    public long Position { get; } = position;

    public bool IsTruncated { get; } = isTruncated;
}
