using System.Runtime.CompilerServices;
using Headwater.Contracts.Errors;
using Headwater.Core.Segments;
using Headwater.Log.Ports;

namespace Headwater.Log.Segments;

/// <summary>A block and the bytes it is stored as, valid until the next one is asked for.</summary>
internal readonly record struct ScannedBlock(DecodedBlock Block, ReadOnlyMemory<byte> Stored);

/// <summary>Reads a segment's blocks in order from a block's position on, every one verified. One storage read per chunk.</summary>
internal sealed class SegmentScan(IBlobs blobs)
{
    private const int LargestChunk = 64 << 20;

    /// <summary>Blocks from <paramref name="position"/> to the segment's end as it is now. The consumer owns each block it is given.</summary>
    /// <exception cref="SegmentGoneException">The segment was deleted meanwhile.</exception>
    /// <exception cref="HeadwaterException">CorruptSegment.</exception>
    public async IAsyncEnumerable<ScannedBlock> BlocksAsync(string segment, SegmentHeader header, long position, int chunk, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            using BlobRead read = await blobs.ReadAsync(segment, position, chunk, cancellation) ?? throw new SegmentGoneException(segment);
            if (read.Length < position)
            {
                throw new SegmentGoneException(segment); // Blobs only grow: another was made under its name.
            }

            int used = 0;
            while (TryDecode(segment, header, read.Content.Span[used..], position) is { } block)
            {
                int length = block.Length; // The consumer may dispose the block, which forgets it.
                yield return new ScannedBlock(block, read.Content.Slice(used, length));
                used += length;
                position += length;
            }

            if (position >= read.Length)
            {
                yield break;
            }

            if (used == 0)
            {
                chunk = Enlarge(segment, chunk, position, read);
            }
        }
    }

    private static DecodedBlock? TryDecode(string segment, SegmentHeader header, ReadOnlySpan<byte> bytes, long position)
    {
        if (bytes.IsEmpty)
        {
            return null;
        }

        var block = new DecodedBlock();
        bool whole = false;
        try
        {
            whole = BlockDecoder.TryRead(bytes, position, header.Codec, header.Sync, block);
            return whole ? block : null;
        }
        catch (SegmentFormatException problem)
        {
            throw new HeadwaterException(ErrorCode.CorruptSegment, $"{segment}: {problem.Message} (byte {problem.Position}).", problem);
        }
        finally
        {
            if (!whole)
            {
                block.Dispose();
            }
        }
    }

    private static int Enlarge(string segment, int chunk, long position, BlobRead read) =>
        position + read.Content.Length < read.Length && chunk < LargestChunk
            ? Math.Min(LargestChunk, chunk * 4)
            : throw new HeadwaterException(ErrorCode.CorruptSegment, $"{segment} ends inside a block at byte {position}.");
}

/// <summary>A segment on the reader's map is no longer there: compaction, retention or the stream's deletion took it. The reader draws a new map.</summary>
internal sealed class SegmentGoneException(string segment) : Exception($"{segment} is gone.");
