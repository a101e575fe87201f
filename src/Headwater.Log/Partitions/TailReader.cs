using Headwater.Contracts.Errors;
using Headwater.Core.Segments;
using Headwater.Log.Clock;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>The state of the segment in which a tail ends.</summary>
internal enum TailEnd
{
    /// <summary>The tail has everything that is stored, and the segment accepts appends.</summary>
    Open,

    /// <summary>The tail has everything that is stored. The segment is sealed, and its successor does not exist.</summary>
    SealedWithoutSuccessor,

    /// <summary>The segment does not exist: the stream was deleted, or retention or compaction deleted the segment since this process last looked.</summary>
    Missing,

    /// <summary>The tail is further behind than the given distance, or than a whole segment. It has absorbed a part.</summary>
    Far,
}

/// <summary>The end of a partition as a catch-up found it.</summary>
/// <param name="End">The state of the last segment found.</param>
/// <param name="At">The tail's position at that moment, without what other callers made it absorb since. If the segment is sealed, the segment's end.</param>
internal readonly record struct TailFound(TailEnd End, TailPosition At)
{
    /// <summary>ETag of the last segment found; empty if it does not exist.</summary>
    public string ETag { get; init; } = "";
}

/// <summary>
/// Brings a tail up to date with storage. Reads only what was added, from segment to segment. Costs one read per 16 MiB added and one more per segment entered.
/// </summary>
internal sealed class TailReader(LogPorts ports)
{
    private const int UsualRead = 16 << 20;

    /// <summary>The first read of a segment by a tail that expects to be near the end, at least and at most.</summary>
    private const int LeastFirstRead = 1 << 10;

    private const int MostFirstRead = 1 << 20;

    /// <summary>More than the largest block.</summary>
    private const int LargestRead = 64 << 20;

    /// <summary>
    /// A sync marker of 16 bytes precedes every position after the header. Each read includes it, so that a read at the end of the blob is a valid range and
    /// verifies that a block ends at the position.
    /// </summary>
    private const int SyncLength = 16;

    /// <summary>Absorbs everything that was added to the partition. Other callers may do the same with the tail at the same time.</summary>
    /// <exception cref="HeadwaterException">CorruptSegment.</exception>
    /// <exception cref="StorageException">A read failed. The tail keeps what it absorbed before.</exception>
    public Task<TailFound> CatchUpAsync(PartitionPlace place, PartitionTail tail, CancellationToken cancellation) =>
        CatchUpAsync(place, tail, long.MaxValue, UsualRead, cancellation);

    /// <summary>
    /// As <see cref="CatchUpAsync(PartitionPlace, PartitionTail, CancellationToken)"/>, but ends with <see cref="TailEnd.Far"/> as soon as more than
    /// <paramref name="near"/> bytes of a segment are left, or the tail has entered a segment that is sealed too. The first read of a segment is small.
    /// </summary>
    public Task<TailFound> CatchUpNearAsync(PartitionPlace place, PartitionTail tail, long near, CancellationToken cancellation) =>
        CatchUpAsync(place, tail, near, (int)Math.Clamp(near / 8, LeastFirstRead, MostFirstRead), cancellation);

    private async Task<TailFound> CatchUpAsync(PartitionPlace place, PartitionTail tail, long near, int firstRead, CancellationToken cancellation)
    {
        bool isEntered = false;
        long asked = Moment.Next();
        TailPosition at = tail.Position;
        BlobRead? next = await ReadAsync(place, at, firstRead, cancellation);
        while (next is not null)
        {
            using BlobRead read = next;
            if (read.Length < at.Position || read is { Length: 0, Sealed: true })
            {
                break; // A stray, created under the same name after the segment was deleted. A roll seals no empty segment, so only a delayed seal ends one.
            }

            Absorb(place, tail, at, read);
            TailPosition now = tail.Position;
            if (near < long.MaxValue && now.SegmentBase == at.SegmentBase && (read.Length - now.Position > near || (read.Sealed && isEntered)))
            {
                return new TailFound(TailEnd.Far, now);
            }

            if (now.SegmentBase != at.SegmentBase || now.Position < read.Length)
            {
                next = await ReadAsync(place, now, now.SegmentBase == at.SegmentBase ? RestOf(read, at, now) : firstRead, cancellation);
                at = now;
            }
            else if (!read.Sealed)
            {
                tail.Confirm(asked);
                return new TailFound(TailEnd.Open, now) { ETag = read.ETag };
            }
            else
            {
                RequireEvents(place, now);
                at = new TailPosition { SegmentBase = now.Next, Next = now.Next, Position = 0, Blocks = 0, LastAppended = now.LastAppended };
                next = await ReadAsync(place, at, firstRead, cancellation);
                if (next is null)
                {
                    tail.Confirm(asked);
                    return new TailFound(TailEnd.SealedWithoutSuccessor, now) { ETag = read.ETag };
                }

                tail.EnterSegment(at.SegmentBase);
                isEntered = true;
            }
        }

        return new TailFound(TailEnd.Missing, at);
    }

    private async Task<BlobRead?> ReadAsync(PartitionPlace place, TailPosition at, int size, CancellationToken cancellation)
    {
        long start = Math.Max(0, at.Position - SyncLength);
        BlobRead? read = await ports.Blobs.ReadAsync(place.Segment(at.SegmentBase), start, size, cancellation);
        ports.Clock.Observe(read?.Date);
        return read;
    }

    private static void RequireEvents(PartitionPlace place, TailPosition end)
    {
        if (end.Next == end.SegmentBase)
        {
            throw new HeadwaterException(ErrorCode.CorruptSegment, $"Segment {end.SegmentBase} of partition {place.Partition} is sealed but has no events.");
        }
    }

    /// <param name="place">The partition.</param>
    /// <param name="tail">The tail. It may have moved past <paramref name="at"/> since the read, and then ignores the bytes that it has.</param>
    /// <param name="at">The position for which the read was made.</param>
    /// <param name="read">The bytes from just before that position.</param>
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
                at = at with { Header = TailHeader.Of(header!), Position = length };
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
            throw new HeadwaterException(
                ErrorCode.CorruptSegment, $"Segment {at.SegmentBase} of partition {place.Partition}: {problem.Message} (byte {problem.Position}).", problem);
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
        if (header.StreamId != place.StreamId || header.Partition != place.Partition || header.BaseOffset != at.SegmentBase)
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

    /// <summary>
    /// Bytes of the next read: the rest of the segment, at most 16 MiB. If the last read had as much and ended inside the header or its first block, at most
    /// 64 MiB.
    /// </summary>
    /// <exception cref="HeadwaterException">CorruptSegment: the segment ends inside a block, or the block does not fit into 64 MiB.</exception>
    private static int RestOf(BlobRead read, TailPosition at, TailPosition now)
    {
        long rest = read.Length - Math.Max(0, now.Position - SyncLength);
        bool isCutOff = now.Position == at.Position;
        return isCutOff && (read.Content.Length >= rest || read.Content.Length >= LargestRead)
            ? throw new HeadwaterException(ErrorCode.CorruptSegment, $"Segment {at.SegmentBase} ends inside a block at byte {at.Position}.")
            : (int)Math.Min(rest, isCutOff && read.Content.Length >= UsualRead ? LargestRead : UsualRead);
    }
}
