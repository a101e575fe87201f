using Headwater.Benchmarks.Payloads;
using Headwater.Core.Segments;

namespace Headwater.Benchmarks.Ratios;

/// <summary>Reading stored blocks: frame, decompression, checksum and a walk over every value, beside decompression alone.</summary>
internal static class SegmentScanCases
{
    private const int Values = 1_000;

    public static IEnumerable<Ratio> All() => [Of("deflate", BlockCodec.Deflate), Of("zstandard", BlockCodec.Zstandard)];

    private static Ratio Of(string name, BlockCodec codec)
    {
        byte[] block = SaleBlock.Of(Values, codec);
        BlockDecoder.TryReadFrame(block, 0, SaleBlock.Sync, out BlockFrame frame);
        byte[] stored = block[frame.DataStart..(frame.DataStart + frame.DataSize)];
        var buffer = new PooledBuffer();
        var decoded = new DecodedBlock();
        return new Ratio($"scan of a block, {name} / its codec alone", Values, Scan, Decompress, 0.9);

        void Scan()
        {
            BlockDecoder.TryRead(block, 0, codec, SaleBlock.Sync, decoded);
            foreach (DecodedEvent _ in decoded.GetEvents(SaleBlock.Schema))
            {
            }
        }

        void Decompress()
        {
            buffer.Truncate(0);
            BlockCompression.Decompress(stored, codec, BlockEncoder.MaxUncompressedBytes, 0, buffer);
        }
    }
}
