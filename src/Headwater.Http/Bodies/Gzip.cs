using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Headwater.Contracts.Errors;
using Headwater.Log.Budgets;

namespace Headwater.Http.Bodies;

/// <summary>
/// Decompresses a gzip body (RFC 1952) of one member. <see cref="GZipStream"/> does not detect a truncated body, so the trailer is checked here.
/// </summary>
internal static class Gzip
{
    private const int HeaderBytes = 10;
    private const int TrailerBytes = 8;
    private const int FirstBuffer = 64 * 1024;

    /// <exception cref="HeadwaterException">MalformedBody, or BodyTooLarge once the output exceeds <paramref name="limit"/>.</exception>
    public static PooledBytes Decompress(ReadOnlyMemory<byte> sent, int limit, BodyBudget budget)
    {
        if (sent.Length < HeaderBytes + TrailerBytes)
        {
            throw Malformed();
        }

        // A body that says it is small and is not has a wrong trailer, and never takes more of what is kept for small ones.
        bool isSmall = BinaryPrimitives.ReadUInt32LittleEndian(sent.Span[^sizeof(uint)..]) <= MemoryBudget.SmallBytes;
        var plain = new PooledBytes(Math.Min(limit, Math.Max(FirstBuffer, sent.Length)), isSmall ? budget : budget.Large);
        try
        {
            Inflate(sent, plain, limit, isSmall);
            CheckTrailer(sent.Span[^TrailerBytes..], plain.Span);
            return plain;
        }
        catch (InvalidDataException e)
        {
            plain.Dispose();
            throw Malformed(e);
        }
        catch
        {
            plain.Dispose();
            throw;
        }
    }

    private static void Inflate(ReadOnlyMemory<byte> sent, PooledBytes plain, int limit, bool isSmall)
    {
        MemoryMarshal.TryGetArray(sent, out ArraySegment<byte> segment);
        using var source = new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false);
        using var gzip = new GZipStream(source, CompressionMode.Decompress);
        int read;
        while ((read = gzip.Read(plain.Free().Span)) > 0)
        {
            plain.Advance(read);
            if (isSmall && plain.Length > MemoryBudget.SmallBytes)
            {
                throw Malformed();
            }

            if (plain.Length > limit)
            {
                throw new HeadwaterException(ErrorCode.BodyTooLarge, $"The body exceeds the limit of {limit:N0} bytes after decompression; split the request.")
                {
                    Facts = new LimitFacts(limit),
                };
            }
        }
    }

    private static void CheckTrailer(ReadOnlySpan<byte> trailer, ReadOnlySpan<byte> plain)
    {
        bool whole = BinaryPrimitives.ReadUInt32LittleEndian(trailer) == Crc32.HashToUInt32(plain)
            && BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) == (uint)plain.Length;
        if (!whole)
        {
            throw Malformed();
        }
    }

    private static HeadwaterException Malformed(Exception? inner = null) =>
        Refusals.MalformedBody("Content-Encoding is gzip, but the body is not one complete gzip member; it was truncated or corrupted.", inner);
}
