using Headwater.Contracts.Errors;
using Headwater.Core.Segments;
using Headwater.Log.Ports;

namespace Headwater.Log.Segments;

/// <summary>A segment's header as it stands in storage.</summary>
/// <param name="Header">Checked.</param>
/// <param name="Length">Bytes: where the first block begins.</param>
/// <param name="SegmentLength">Bytes of the whole segment when it was read.</param>
internal sealed record StoredHeader(SegmentHeader Header, int Length, long SegmentLength)
{
    private const int UsualRead = 64 << 10;

    /// <summary>One read; a header over 64 KiB takes another.</summary>
    /// <returns>Null if the segment is gone or still empty.</returns>
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
