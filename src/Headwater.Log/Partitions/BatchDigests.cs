using System.Collections.Concurrent;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Errors;
using Headwater.Log.Ports;
using Headwater.Log.Producers;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>
/// Reads the digests of stored batches of sequenced producers from their batch records, so that a repeated sequence is told from a sequence that is used for
/// other events. A new sequence costs no call. A repeat costs one read, however many wait for it; if its batch is in an earlier segment, also one listing,
/// and one read each of the segment's header and index unless they are cached. Thread-safe.
/// </summary>
internal sealed class BatchDigests(IBlobs blobs, PartitionPlace place, PartitionSteps steps)
{
    private const int KnownMax = 256;

    /// <summary>Batches that are read before a group; then the requests whose batches are known are answered.</summary>
    private const int ReadsAtATime = 16;

    /// <summary>What lies between two entries of an index, and a block.</summary>
    private const int ChunkBytes = (int)IndexBuilder.Interval + (64 << 10);

    private const int EntryBytes = 100;

    private readonly SegmentScan _scan = new(blobs);

    /// <summary>What was read, by the offset of a batch's first event.</summary>
    private readonly ConcurrentDictionary<Offset, DigestRead> _known = new();

    /// <summary>Bytes held, estimated.</summary>
    public long Bytes => EntryBytes * (long)_known.Count;

    /// <summary>What was read of the batch at this offset; null if it was not read.</summary>
    public DigestRead? Of(Offset first) => _known.TryGetValue(first, out DigestRead? read) ? read : null;

    /// <summary>
    /// Reads the stored batches of these sequences, except those that are appended during the call; or the first 16 of them. A batch that cannot be read fails
    /// the requests that repeat it, not the others.
    /// </summary>
    public async Task PrepareAsync(PartitionTail tail, KeyLookup keys, IReadOnlyCollection<ProducerPosition> sequences, CancellationToken cancellation)
    {
        if (sequences.Count == 0)
        {
            return;
        }

        if (_known.Count > KnownMax)
        {
            _known.Clear();
        }

        TailSnapshot snapshot = tail.Snapshot([], [.. sequences.Select(s => s.Id)], keys);
        IEnumerable<Offset> stored = sequences.Select(s => snapshot.Find(s)?.Base).OfType<Offset>().Distinct();
        await Task.WhenAll(stored.Where(o => Of(o) is null or { Problem: not null }).Take(ReadsAtATime).Select(async first =>
        {
            _known[first] = await TryReadAsync(tail, first, cancellation);
        }));
    }

    private async Task<DigestRead> TryReadAsync(PartitionTail tail, Offset first, CancellationToken cancellation)
    {
        try
        {
            return new DigestRead(await ReadAsync(tail, first, cancellation), null);
        }
        catch (Exception problem) when (problem is StorageException or HeadwaterException)
        {
            return new DigestRead(null, StorageErrors.Translate(problem, isUnsent: true));
        }
    }

    private async Task<RequestDigest?> ReadAsync(PartitionTail tail, Offset first, CancellationToken cancellation)
    {
        TailPosition at = tail.Position;
        try
        {
            return at.Header is { } header && tail.Marks(at.SegmentBase, first).Before(first) is { } entry
                ? await FindAsync(place.Segment(at.SegmentBase), header, entry, first, cancellation)
                : await ReadEarlierAsync(first, cancellation);
        }
        catch (SegmentGoneException)
        {
            return null; // Compaction or retention has deleted it, or the stream is being deleted: then no answer is given.
        }
    }

    private async Task<RequestDigest?> ReadEarlierAsync(Offset first, CancellationToken cancellation)
    {
        IReadOnlyList<SegmentFile> files = await steps.Opener.ListAsync(place, cancellation);
        if (files.Where(f => f.Generation == 0 && f.Base <= first).MaxBy(f => f.Base) is not { } file
            || await steps.Indexes.HeaderAsync(file.Name, cancellation) is not { } known)
        {
            return null;
        }

        SegmentIndex? index = await steps.Indexes.IndexOrBuildAsync(file, known, _scan, cancellation);
        IndexEntry entry = index?.FindByOffset(first) ?? new IndexEntry(file.Base, default, known.Length);
        return index?.End <= first ? null : await FindAsync(file.Name, TailHeader.Of(known.Header), entry, first, cancellation, isThere: index is not null);
    }

    /// <summary>Counts the events of the blocks before the batch, and decodes its block alone.</summary>
    /// <exception cref="HeadwaterException">CorruptSegment: the counts of the blocks before it lead elsewhere.</exception>
    private async Task<RequestDigest?> FindAsync(
        string segment, TailHeader header, IndexEntry from, Offset first, CancellationToken cancellation, bool isThere = true)
    {
        Offset next = from.Offset;
        await foreach (StoredFrame frame in _scan.FramesAsync(segment, header.Sync, from.Position, ChunkBytes, cancellation))
        {
            if (next >= first)
            {
                using DecodedBlock block = _scan.Decode(segment, header.Codec, header.Sync, frame);
                return block.FirstOffset == first ? block.Batch.Digest : throw Elsewhere(segment, first);
            }

            next += frame.Count;
        }

        return isThere ? throw Elsewhere(segment, first) : null;
    }

    private static HeadwaterException Elsewhere(string segment, Offset first) =>
        new(ErrorCode.CorruptSegment, $"{segment}: the counts of its blocks do not lead to the batch at offset {first}.");
}

/// <summary>What was read of a stored batch.</summary>
/// <param name="Digest">Its digest; null if it has none, or its record was removed.</param>
/// <param name="Problem">Why it could not be read; the next group reads it again.</param>
internal sealed record DigestRead(RequestDigest? Digest, HeadwaterException? Problem);
