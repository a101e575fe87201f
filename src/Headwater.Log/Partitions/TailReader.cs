using Headwater.Core.Segments;
using Headwater.Log.Clock;
using Headwater.Log.Errors;
using Headwater.Log.Ports;

namespace Headwater.Log.Partitions;

internal enum TailEnd
{
    /// <summary>Everything stored is known; the segment takes appends.</summary>
    Open,

    /// <summary>Everything stored is known; the segment is sealed and its successor does not exist yet.</summary>
    SealedWithoutSuccessor,

    /// <summary>The segment is gone: the stream was deleted, or the process slept through its retention.</summary>
    Missing,
}

/// <summary>Brings a tail up to what storage holds, reading only what was added, from segment to segment. One read when nothing was added, one more per segment entered.</summary>
internal sealed class TailReader(IBlobs blobs, StorageClock clock)
{
    private const int FirstRead = 1 << 20;

    private const int LargestRead = 64 << 20;

    /// <summary>What precedes every position after the header: asked for too, so that a read at the very end is a valid range and proves where it stands.</summary>
    private const int SyncLength = 16;

    /// <exception cref="HeadwaterException">CorruptSegment.</exception>
    /// <exception cref="StorageException">Storage failed; nothing is known to have changed.</exception>
    public async Task<TailEnd> CatchUpAsync(PartitionPlace place, PartitionTail tail, CancellationToken cancellation)
    {
        int readSize = FirstRead;
        while (true)
        {
            TailPosition before = tail.Position;
            using BlobRead? read = await ReadAsync(place, before, readSize, cancellation);
            if (read is null)
            {
                return TailEnd.Missing;
            }

            Absorb(place, tail, before, read);
            TailPosition after = tail.Position;
            if (after.SegmentBase != before.SegmentBase)
            {
                continue;
            }

            if (after.Position < read.Length)
            {
                readSize = after.Position > before.Position ? LargestRead / 4 : Enlarge(readSize, before, read);
            }
            else if (!read.Sealed)
            {
                return TailEnd.Open;
            }
            else if (!await FollowAsync(place, tail, after, cancellation))
            {
                return TailEnd.SealedWithoutSuccessor;
            }
        }
    }

    private async Task<BlobRead?> ReadAsync(PartitionPlace place, TailPosition at, int size, CancellationToken cancellation)
    {
        long start = Math.Max(0, at.Position - SyncLength);
        BlobRead? read = await blobs.ReadAsync(place.Segment(at.SegmentBase), start, size, cancellation);
        clock.Observe(read?.Date);
        return read;
    }

    /// <summary>Whether the successor of the sealed segment exists; if so the tail stands in it, still unread.</summary>
    private async Task<bool> FollowAsync(PartitionPlace place, PartitionTail tail, TailPosition end, CancellationToken cancellation)
    {
        if (end.Next == end.SegmentBase)
        {
            throw new HeadwaterException(ErrorCode.CorruptSegment, $"Segment {end.SegmentBase} of partition {place.Partition} is sealed without an event.");
        }

        using BlobRead? successor = await blobs.ReadAsync(place.Segment(end.Next), 0, FirstRead, cancellation);
        if (successor is null)
        {
            return false;
        }

        tail.EnterSegment(end.Next);
        Absorb(place, tail, end with { SegmentBase = end.Next, Position = 0, Header = null }, successor);
        return true;
    }

    /// <param name="at">The position the read was made for; the tail may have moved on since, which makes the same bytes old news.</param>
    private static void Absorb(PartitionPlace place, PartitionTail tail, TailPosition at, BlobRead read)
    {
        ReadOnlySpan<byte> content = read.Content.Span;
        try
        {
            if (at.Header is null)
            {
                if (content.IsEmpty || !SegmentHeader.TryRead(content, out SegmentHeader? header, out int length))
                {
                    return;
                }

                Verify(place, at, header!);
                tail.LearnHeader(header!, length);
                at = at with { Header = header, Position = length };
                AbsorbBlocks(tail, at, content[length..]);
            }
            else
            {
                VerifySync(place, at, content);
                AbsorbBlocks(tail, at, content[SyncLength..]);
            }
        }
        catch (SegmentFormatException problem)
        {
            throw new HeadwaterException(ErrorCode.CorruptSegment, $"Segment {at.SegmentBase} of partition {place.Partition}: {problem.Message} (byte {problem.Position}).", problem);
        }

        if (read.CommittedBlocks > 0)
        {
            tail.CountBlocks(at.SegmentBase, read.CommittedBlocks);
        }
    }

    private static void AbsorbBlocks(PartitionTail tail, TailPosition at, ReadOnlySpan<byte> bytes)
    {
        long position = at.Position;
        using var block = new DecodedBlock();
        while (!bytes.IsEmpty && BlockDecoder.TryRead(bytes, position, at.Header!.Codec, at.Header.Sync, block))
        {
            tail.Absorb(at.SegmentBase, StoredBatch.From(block));
            position += block.Length;
            bytes = bytes[block.Length..];
        }
    }

    private static void Verify(PartitionPlace place, TailPosition at, SegmentHeader header)
    {
        if (header.StreamId != place.Stream.StreamId || header.Partition != place.Partition || header.BaseOffset != at.SegmentBase)
        {
            throw new SegmentFormatException("The header belongs to another stream, partition or segment", 0);
        }
    }

    private static void VerifySync(PartitionPlace place, TailPosition at, ReadOnlySpan<byte> content)
    {
        Span<byte> sync = stackalloc byte[SyncLength];
        at.Header!.Sync.TryWriteBytes(sync);
        if (content.Length < SyncLength || !content[..SyncLength].SequenceEqual(sync))
        {
            throw new SegmentFormatException($"No block of partition {place.Partition} ends where one is remembered", at.Position);
        }
    }

    private static int Enlarge(int readSize, TailPosition at, BlobRead read)
    {
        bool whole = read.Length - Math.Max(0, at.Position - SyncLength) <= read.Content.Length;
        return !whole && readSize < LargestRead
            ? Math.Min(LargestRead, readSize * 4)
            : throw new HeadwaterException(ErrorCode.CorruptSegment, $"Segment {at.SegmentBase} ends inside a block at byte {at.Position}.");
    }
}
