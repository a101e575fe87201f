using System.Runtime.CompilerServices;
using Headwater.Contracts.Errors;
using Headwater.Core.Memory;
using Headwater.Core.Segments;
using Headwater.Log.Budgets;
using Headwater.Log.Ports;

namespace Headwater.Log.Segments;

/// <summary>One block of a scan.</summary>
/// <param name="Block">The decoded block. The consumer disposes it.</param>
/// <param name="Stored">The bytes of the block as stored, valid until the consumer asks for the next block.</param>
internal readonly record struct ScannedBlock(DecodedBlock Block, ReadOnlyMemory<byte> Stored);

/// <summary>One block of a scan that decodes nothing: its count is not checked.</summary>
/// <param name="Position">The position of the block in the segment.</param>
/// <param name="Count">The number of events that its frame states.</param>
/// <param name="Stored">The bytes of the block as stored, valid until the consumer asks for the next block.</param>
/// <param name="ReadEnd">The position up to which the segment has been read: a block that ends later costs another read.</param>
internal readonly record struct StoredFrame(long Position, int Count, ReadOnlyMemory<byte> Stored, long ReadEnd)
{
    /// <summary>The position of the next block.</summary>
    public long End => Position + Stored.Length;
}

/// <summary>Reads and verifies the blocks of a segment in order. Costs one read per chunk.</summary>
/// <param name="blobs">Storage.</param>
/// <param name="budget">Charged for what is read. Null: not charged.</param>
/// <param name="large">Limits the large reads at the same time. Null: no limit.</param>
internal sealed class SegmentScan(IBlobs blobs, IMemoryBudget? budget = null, CallSlots? large = null)
{
    /// <summary>Bytes from which a read is large.</summary>
    private const int LargeFrom = 1 << 20;

    private const int LargestChunk = 64 << 20;

    /// <summary>The blocks from <paramref name="position"/> to the end of the segment at the time of the last read.</summary>
    /// <param name="segment">Name of the segment's blob.</param>
    /// <param name="header">The segment's header.</param>
    /// <param name="position">The first byte of a block, or the end of the segment.</param>
    /// <param name="chunk">Bytes of one read. Enlarged, up to 64 MiB, for a block that does not fit.</param>
    /// <param name="cancellation">Cancels the reads.</param>
    /// <param name="expected">Bytes that the segment is known to have from the position on. A read of few is not large, whatever its chunk.</param>
    /// <exception cref="SegmentGoneException">The segment was deleted.</exception>
    /// <exception cref="HeadwaterException">CorruptSegment; with a budget, Overloaded.</exception>
    public async IAsyncEnumerable<ScannedBlock> BlocksAsync(
        string segment,
        SegmentHeader header,
        long position,
        int chunk,
        [EnumeratorCancellation] CancellationToken cancellation,
        long expected = long.MaxValue)
    {
        await foreach (StoredFrame frame in FramesAsync(segment, header.Sync, position, chunk, cancellation, expected))
        {
            yield return new ScannedBlock(Decode(segment, header, frame), frame.Stored);
        }
    }

    /// <summary>As <see cref="BlocksAsync"/>, but checks the frames of the blocks alone: sizes and sync markers.</summary>
    /// <inheritdoc cref="BlocksAsync"/>
    public IAsyncEnumerable<StoredFrame> FramesAsync(
        string segment, SegmentHeader header, long position, int chunk, CancellationToken cancellation) =>
        FramesAsync(segment, header.Sync, position, chunk, cancellation);

    /// <summary>The frames of the blocks, where of the segment's header only the sync marker is known.</summary>
    /// <inheritdoc cref="BlocksAsync"/>
    public async IAsyncEnumerable<StoredFrame> FramesAsync(
        string segment,
        SyncMarker sync,
        long position,
        int chunk,
        [EnumeratorCancellation] CancellationToken cancellation,
        long expected = long.MaxValue)
    {
        long end = expected == long.MaxValue ? expected : position + expected;
        while (true)
        {
            using var charge = new ScanCharge(budget, chunk);
            using BlobRead read = await ReadAsync(segment, position, chunk, end - position, cancellation) ?? throw new SegmentGoneException(segment);
            if (read.Length < position)
            {
                throw new SegmentGoneException(segment); // A segment never shrinks, so this is another blob of the same name.
            }

            int used = 0;
            long readEnd = position + read.Content.Length;
            while (FrameAt(segment, sync, read.Content.Span[used..], position) is { } frame)
            {
                yield return new StoredFrame(position, frame.Count, read.Content.Slice(used, frame.Length), readEnd);
                used += frame.Length;
                position += frame.Length;
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

    private async ValueTask<BlobRead?> ReadAsync(string segment, long position, int chunk, long expected, CancellationToken cancellation) =>
        large is null || Math.Min(chunk, expected) < LargeFrom
            ? await blobs.ReadAsync(segment, position, chunk, cancellation)
            : await large.RunAsync(() => blobs.ReadAsync(segment, position, chunk, cancellation).AsTask());

    /// <summary>Decodes a block that the scan has found. The caller disposes it.</summary>
    /// <exception cref="HeadwaterException">CorruptSegment; with a budget, Overloaded.</exception>
    public DecodedBlock Decode(string segment, SegmentHeader header, in StoredFrame frame) => Decode(segment, header.Codec, header.Sync, frame);

    /// <inheritdoc cref="Decode(string, SegmentHeader, in StoredFrame)"/>
    public DecodedBlock Decode(string segment, BlockCodec codec, SyncMarker sync, in StoredFrame frame)
    {
        var block = new DecodedBlock(budget);
        bool whole = false;
        try
        {
            whole = BlockDecoder.TryRead(frame.Stored.Span, frame.Position, codec, sync, block);
            return whole ? block : throw new InvalidOperationException("A whole block cannot end early.");
        }
        catch (SegmentFormatException problem)
        {
            throw Corrupt(segment, problem);
        }
        finally
        {
            if (!whole)
            {
                block.Dispose();
            }
        }
    }

    /// <summary>The error of a block that fails a check.</summary>
    public static HeadwaterException Corrupt(string segment, SegmentFormatException problem) =>
        new(ErrorCode.CorruptSegment, $"{segment}: {problem.Message} (byte {problem.Position}).", problem);

    /// <returns>Null if the bytes end inside the block.</returns>
    private static BlockFrame? FrameAt(string segment, SyncMarker sync, ReadOnlySpan<byte> bytes, long position)
    {
        try
        {
            return BlockDecoder.TryReadFrame(bytes, position, sync, out BlockFrame frame) ? frame : null;
        }
        catch (SegmentFormatException problem)
        {
            throw Corrupt(segment, problem);
        }
    }

    private static int Enlarge(string segment, int chunk, long position, BlobRead read) =>
        position + read.Content.Length < read.Length && chunk < LargestChunk
            ? Math.Min(LargestChunk, chunk * 4)
            : throw new HeadwaterException(ErrorCode.CorruptSegment, $"{segment} ends inside a block at byte {position}.");
}

/// <summary>
/// A segment that was listed no longer exists: compaction, retention or the deletion of the stream deleted it. The caller must list the segments again.
/// </summary>
internal sealed class SegmentGoneException(string segment) : Exception($"{segment} is gone.");

/// <summary>The bytes of one read of a scan, charged before the read until its blocks are decoded.</summary>
internal readonly struct ScanCharge : IDisposable
{
    private readonly IMemoryBudget? _budget;

    private readonly int _bytes;

    public ScanCharge(IMemoryBudget? budget, int bytes)
    {
        budget?.Take(bytes);
        _budget = budget;
        _bytes = bytes;
    }

    public void Dispose() => _budget?.GiveBack(_bytes);
}
