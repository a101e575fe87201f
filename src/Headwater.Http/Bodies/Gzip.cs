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

    /// <summary>A body that has this length and says that it is longer gets a buffer of the length that it says.</summary>
    private const int TrustedFrom = 1 << 20;

    /// <summary>The length after decompression that a body states in its trailer.</summary>
    public static uint LengthOf(ReadOnlySpan<byte> sent) => sent.Length < TrailerBytes ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(sent[^sizeof(uint)..]);

    /// <exception cref="HeadwaterException">MalformedBody, or BodyTooLarge once the output exceeds <paramref name="limit"/>.</exception>
    public static PooledBytes Decompress(ReadOnlyMemory<byte> sent, int limit, BodyBudget budget)
    {
        if (sent.Length < HeaderBytes + TrailerBytes)
        {
            throw Malformed();
        }

        uint stated = LengthOf(sent.Span);
        var plain = new PooledBytes(Math.Min(limit, Math.Max(FirstBuffer, sent.Length)), stated <= MemoryBudget.SmallBytes ? budget : budget.Large);
        try
        {
            Inflate(sent, plain, limit, stated);
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

    /// <summary>
    /// A body that is longer than it states has a wrong trailer. It ends there, so that it takes no more of what is kept for small bodies, and needs no turn.
    /// </summary>
    private static void Inflate(ReadOnlyMemory<byte> sent, PooledBytes plain, int limit, uint stated)
    {
        MemoryMarshal.TryGetArray(sent, out ArraySegment<byte> segment);
        using var source = new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false);
        using var gzip = new GZipStream(source, CompressionMode.Decompress);
        int read;
        while ((read = gzip.Read(Free(plain, limit, stated).Span)) > 0)
        {
            plain.Advance(read);
            if (plain.Length > limit)
            {
                throw new HeadwaterException(ErrorCode.BodyTooLarge, $"The body exceeds the limit of {limit:N0} bytes after decompression; split the request.")
                {
                    Facts = new LimitFacts(limit),
                };
            }

            if (plain.Length > stated)
            {
                throw Malformed();
            }
        }
    }

    /// <summary>Doubling needs the old and the new array, three times the content in the worst case. The stated length needs one array more.</summary>
    private static Memory<byte> Free(PooledBytes plain, int limit, uint stated) =>
        plain.Length >= TrustedFrom ? plain.Free((int)(Math.Min(stated, (long)limit) + 1 - plain.Length)) : plain.Free();

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
