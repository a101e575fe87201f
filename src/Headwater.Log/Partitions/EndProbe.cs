using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>
/// Finds a log end without opening the partition: reads what was added since a mark and counts its events by the frames of the blocks. Costs one read of at
/// most 256 KiB if no more was added, at most three reads for a checkpoint interval, and as many for a segment begun since. Keeps nothing.
/// </summary>
internal sealed class EndProbe(LogPorts ports, LogOptions options)
{
    private const int FirstRead = 256 << 10;

    private const int UsualRead = 4 << 20;

    /// <summary>More than the largest block.</summary>
    private const int LargestRead = 64 << 20;

    private const int SegmentsMost = 2;

    /// <summary>Also used as the first bytes of a read: the marker before the mark.</summary>
    private const int SyncLength = 16;

    /// <returns>
    /// The log end at some moment during this call. Null if only opening the partition can tell: the segment is gone or holds no header, more was added than a
    /// checkpoint interval, a roll is unfinished, or the bytes are not as expected.
    /// </returns>
    /// <exception cref="StorageException">A read failed.</exception>
    public async Task<LogMark?> FindAsync(PartitionPlace place, LogMark from, CancellationToken cancellation)
    {
        LogMark at = from;
        for (int i = 0; i < SegmentsMost; i++)
        {
            (LogMark? end, bool isSealed) = await ReadAsync(place, at, cancellation);
            if (end is null || !isSealed)
            {
                return end;
            }

            at = new LogMark(end.Next, 0, end.Next);
        }

        return null;
    }

    /// <summary>Reads to the end of one segment.</summary>
    private async Task<(LogMark? At, bool IsSealed)> ReadAsync(PartitionPlace place, LogMark at, CancellationToken cancellation)
    {
        SyncMarker? sync = null;
        int size = FirstRead;
        while (true)
        {
            long start = Math.Max(0, at.Position - SyncLength);
            using BlobRead? read = await ports.Blobs.ReadAsync(place.Segment(at.SegmentBase), start, size, cancellation);
            ports.Clock.Observe(read?.Date);
            if (read is null || read.Length < at.Position || read.Length - at.Position > options.CheckpointBytes)
            {
                return default;
            }

            if (Count(place, at, read.Content.Span, ref sync) is not { } counted)
            {
                return default;
            }

            if (counted.Position >= read.Length)
            {
                return (counted, read.Sealed);
            }

            if (counted.Position == at.Position && (size >= LargestRead || start + read.Content.Length >= read.Length))
            {
                return default;
            }

            size = counted.Position == at.Position && size >= UsualRead ? LargestRead : UsualRead;
            at = counted;
        }
    }

    /// <returns>The mark after the whole blocks in these bytes; null if they are not as expected.</returns>
    private static LogMark? Count(PartitionPlace place, LogMark at, ReadOnlySpan<byte> content, ref SyncMarker? sync)
    {
        try
        {
            int used = SyncLength;
            if (at.Position == 0)
            {
                if (!SegmentHeader.TryRead(content, out SegmentHeader? header, out used) || !IsOf(place, at, header))
                {
                    return null;
                }

                sync = header.Sync;
                at = at with { Position = used };
            }
            else if (content.Length < SyncLength || (sync is { } known && SyncMarker.FromBytes(content) != known))
            {
                return null;
            }

            sync ??= SyncMarker.FromBytes(content);
            content = content[used..];
            while (!content.IsEmpty && BlockDecoder.TryReadFrame(content, at.Position, sync.Value, out BlockFrame frame))
            {
                int length = frame.DataStart + frame.DataSize + SyncLength;
                at = at with { Position = at.Position + length, Next = at.Next + frame.Count };
                content = content[length..];
            }

            return at;
        }
        catch (SegmentFormatException)
        {
            return null; // Opening the partition says what is wrong.
        }
    }

    private static bool IsOf(PartitionPlace place, LogMark at, SegmentHeader header) =>
        header.StreamId == place.StreamId && header.Partition == place.Partition && header.BaseOffset == at.SegmentBase;
}
