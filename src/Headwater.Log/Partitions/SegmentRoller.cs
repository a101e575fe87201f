using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;
using Headwater.Log.Streams;

namespace Headwater.Log.Partitions;

/// <summary>
/// Ends a segment and starts its successor, in an order that survives a crash or a race at every step:
/// 1. Seal the segment. 2. Read to its end, which is final only after the seal. 3. Create the empty successor, named by that end.
/// 4. List the segments: a process delayed for the successor's whole lifetime must not start it again. 5. Read the stream's document: a stream that is being
/// deleted begins no segment. 6. Write the header to exactly the blob that was listed.
/// A process that finds a partial roll finishes it with the same steps. Costs three reads, a seal, a creation, the index write, a listing and the header
/// append.
/// </summary>
internal sealed class SegmentRoller(LogPorts ports, TailReader tails, PartitionOpener opener, AppendSender sender)
{
    private readonly StreamStore _streams = new(ports);

    /// <param name="stream">The description that the successor's header is made from.</param>
    /// <param name="place">The partition.</param>
    /// <param name="tail">The cached tail; other callers may update it during the call.</param>
    /// <param name="full">The tail position at which the caller found that its segment must be rolled.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>False if the segment was deleted or the tail is in a stray; the caller must open the partition again.</returns>
    /// <exception cref="StorageException">Storage failed; the roll may be half done, which the next call finishes.</exception>
    public async Task<bool> RollAsync(StreamDescription stream, PartitionPlace place, PartitionTail tail, TailPosition full, CancellationToken cancellation)
    {
        if (!await ports.Blobs.SealAsync(place.Segment(full.SegmentBase), cancellation))
        {
            return false;
        }

        TailFound found = await tails.CatchUpAsync(place, tail, cancellation);
        if (found.End == TailEnd.SealedWithoutSuccessor)
        {
            Offset end = found.At.Next;
            SegmentIndex? index = tail.IndexOf(found.At.SegmentBase);
            bool isOurs = await ports.Blobs.CreateAppendBlobAsync(place.Segment(end), cancellation);
            tail.EnterSegment(end);
            if (index is { Entries.Count: > 0 })
            {
                await IndexScan.TryWriteAsync(ports.Blobs, BlobNames.Index(place.Folder, found.At.SegmentBase), index, cancellation);
            }

            found = isOurs ? found with { End = TailEnd.Open } : await tails.CatchUpAsync(place, tail, cancellation);
        }

        return found.End != TailEnd.Missing && (tail.Position.Header is not null || await WriteHeaderAsync(stream, place, tail, cancellation));
    }

    /// <summary>Writes the header of the tail's segment, which is still empty. Costs one listing, one read and one append.</summary>
    /// <returns>
    /// False if the segment does not exist, or was a stray of a lost race or of a deleted stream, which this call deletes. The caller must open the partition
    /// again.
    /// </returns>
    /// <exception cref="StorageException">Storage failed, or the outcome of the append is unknown.</exception>
    /// <exception cref="HeadwaterException">StreamNotFound: the stream is being deleted, or was.</exception>
    public async Task<bool> WriteHeaderAsync(StreamDescription stream, PartitionPlace place, PartitionTail tail, CancellationToken cancellation)
    {
        TailPosition at = tail.Position;
        if (await opener.FindLastAsync(place, at.SegmentBase, cancellation) is not { } etag)
        {
            await DeleteIfEmptyAsync(place.Segment(at.SegmentBase), cancellation);
            return false;
        }

        await RequireActiveAsync(place, at.SegmentBase, cancellation);
        (Offset segmentBase, IReadOnlyList<ProducerState> producers, Offset? keysSince) = tail.Inheritance();
        SegmentHeader header = SegmentCreator.Header(stream, place.Partition, segmentBase, ports.Randomness) with
        {
            Producers = producers,
            KeysSince = keysSince,
        };
        ReadOnlyMemory<byte> bytes = SegmentCreator.Encode(header);
        BlockAppendReport report = await sender.SendAsync(place.Segment(at.SegmentBase), new AppendCondition(0, etag), bytes, cancellation);
        if (report.Outcome == BlockAppendOutcome.Unknown)
        {
            throw new StorageException(StorageFault.Unavailable, $"The header of {place.Segment(at.SegmentBase)} could not be written in time.");
        }

        if (report.Outcome == BlockAppendOutcome.Stored)
        {
            tail.LearnHeader(header, bytes.Length);
            return true;
        }

        // Another process has written the header, unless the segment was deleted.
        return report.Outcome != BlockAppendOutcome.Missing
            && (await tails.CatchUpAsync(place, tail, cancellation)).End != TailEnd.Missing
            && tail.Position.Header is not null;
    }

    /// <summary>
    /// Stops if the stream is gone, being deleted, or of another id. The document is read after the segment's blob exists: either it has the mark of a
    /// deletion, or the listing of that deletion has the blob and closes it.
    /// </summary>
    private async Task RequireActiveAsync(PartitionPlace place, Offset segmentBase, CancellationToken cancellation)
    {
        StoredStream? stored = await _streams.ReadAsync(place.Stream, cancellation);
        if (stored?.Document.State != StreamDocument.Active || stored.Document.StreamId != place.StreamId)
        {
            await DeleteIfEmptyAsync(place.Segment(segmentBase), cancellation);
            throw StreamStore.NotFound(place.Stream);
        }
    }

    private async Task DeleteIfEmptyAsync(string name, CancellationToken cancellation)
    {
        using BlobRead? read = await ports.Blobs.ReadAsync(name, 0, 1, cancellation);
        if (read is { Length: 0 })
        {
            await ports.Blobs.DeleteAsync(name, read.ETag, cancellation);
        }
    }
}
