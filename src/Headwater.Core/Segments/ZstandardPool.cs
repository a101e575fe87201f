using System.Collections.Concurrent;
using ZstdSharp;

namespace Headwater.Core.Segments;

/// <summary>Zstandard with pooled contexts, because creating a context costs more than compressing a small block.</summary>
internal static class ZstandardPool
{
    private const int Level = 3;
    private const int MostKept = 16;

    private static readonly ConcurrentQueue<Compressor> Compressors = [];
    private static readonly ConcurrentQueue<Decompressor> Decompressors = [];

    public static void Compress(ReadOnlySpan<byte> data, PooledBuffer output)
    {
        Compressor compressor = Compressors.TryDequeue(out Compressor? kept) ? kept : new Compressor(Level);
        try
        {
            output.Advance(compressor.Wrap(data, output.GetSpan(Compressor.GetCompressBound(data.Length))));
        }
        finally
        {
            if (Compressors.Count < MostKept)
            {
                Compressors.Enqueue(compressor);
            }
            else
            {
                compressor.Dispose();
            }
        }
    }

    public static void Decompress(ReadOnlySpan<byte> stored, int limit, long position, PooledBuffer output)
    {
        Decompressor decompressor = Decompressors.TryDequeue(out Decompressor? kept) ? kept : new Decompressor();
        try
        {
            // An upper bound from the frame's headers, checked before the output is allocated.
            ulong bound = Decompressor.GetDecompressedSize(stored);
            if (bound > (ulong)limit)
            {
                throw BlockCompression.TooLarge(limit, position);
            }

            output.Advance(decompressor.Unwrap(stored, output.GetSpan((int)bound)[..(int)bound]));
        }
        catch (ZstdException e)
        {
            throw new SegmentFormatException("a block is not valid Zstandard data", position, e);
        }
        finally
        {
            if (Decompressors.Count < MostKept)
            {
                Decompressors.Enqueue(decompressor);
            }
            else
            {
                decompressor.Dispose();
            }
        }
    }
}
