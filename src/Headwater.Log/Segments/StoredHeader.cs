using Headwater.Contracts.Errors;
using Headwater.Core.Segments;
using Headwater.Log.Ports;

namespace Headwater.Log.Segments;

/// <summary>A segment's header as read from storage.</summary>
/// <param name="Header">The header, verified.</param>
/// <param name="Length">Bytes of the header, which is the position of the first block.</param>
/// <param name="SegmentLength">Bytes of the whole segment at the time of the read.</param>
internal sealed record StoredHeader(SegmentHeader Header, int Length, long SegmentLength)
{
    private const int UsualRead = 64 << 10;

    /// <summary>Reads the header of a segment. Costs one read of 64 KiB; a larger header costs another read, of eight times as much, until it fits.</summary>
    /// <returns>Null if the segment does not exist or is still empty.</returns>
    /// <exception cref="HeadwaterException">CorruptSegment.</exception>
    public static async Task<StoredHeader?> ReadAsync(IBlobs blobs, string segment, CancellationToken cancellation)
    {
        for (int size = UsualRead; ; size *= 8)
        {
            using BlobRead? read = await blobs.ReadAsync(segment, 0, size, cancellation);
            if (read is null || read.Length == 0)
            {
                return null;
            }

            if (TryDecode(segment, read) is { } header)
            {
                return header;
            }

            if (read.Content.Length == read.Length || size > SegmentHeader.MaxBytes)
            {
                throw new HeadwaterException(ErrorCode.CorruptSegment, $"{segment} ends inside its header.");
            }
        }
    }

    private static StoredHeader? TryDecode(string segment, BlobRead read)
    {
        try
        {
            return SegmentHeader.TryRead(read.Content.Span, out SegmentHeader? header, out int length) ? new StoredHeader(header, length, read.Length) : null;
        }
        catch (SegmentFormatException problem)
        {
            throw new HeadwaterException(ErrorCode.CorruptSegment, $"{segment}: {problem.Message} (byte {problem.Position}).", problem);
        }
    }
}
