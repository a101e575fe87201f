using System.Collections.Concurrent;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Ports;
using Headwater.Log.Producers;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>
/// Reads the digests of stored batches of sequenced producers from their batch records, so that a repeated sequence is told from a sequence that is used for
/// other events. A new sequence costs no call. A repeat costs one read; if its batch is in an earlier segment, also one listing, and one read each of the
/// segment's header and index unless they are cached. Thread-safe.
/// </summary>
internal sealed class BatchDigests(IBlobs blobs, PartitionPlace place, PartitionSteps steps)
{
    private const int KnownMax = 256;

    /// <summary>Batches that are read before a group; then the requests whose batches are known are answered.</summary>
    private const int ReadsAtATime = 64;

    /// <summary>What lies between two entries of an index, and a block.</summary>
    private const int ChunkBytes = (int)IndexBuilder.Interval + (64 << 10);

    private readonly SegmentScan _scan = new(blobs);

    /// <summary>By the offset of a batch's first event: its digest; null if it has none, or its record was removed.</summary>
    private readonly ConcurrentDictionary<Offset, RequestDigest?> _known = new();

    /// <summary>Whether the batch at this offset was read.</summary>
    public bool IsRead(Offset first) => _known.ContainsKey(first);

    /// <summary>The digest of the batch at this offset; null if it has none, its record was removed, or it was not read.</summary>
    public RequestDigest? Of(Offset first) => _known.GetValueOrDefault(first);

    /// <summary>Reads the stored batches of these sequences, except those that are appended during the call; or the first 64 of them.</summary>
    /// <exception cref="StorageException">Storage failed. The digests are not known: a repeat cannot be answered.</exception>
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
        IEnumerable<Offset> missing = sequences.Select(s => snapshot.Find(s)?.Base).OfType<Offset>().Where(o => !IsRead(o)).Take(ReadsAtATime);
        foreach (Offset first in missing.ToArray())
        {
            _known[first] = await ReadAsync(tail, first, cancellation);
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
        return index?.End <= first ? null : await FindAsync(file.Name, TailHeader.Of(known.Header), entry, first, cancellation);
    }

    /// <summary>Counts the events of the blocks before the batch, and decodes its block alone.</summary>
    private async Task<RequestDigest?> FindAsync(string segment, TailHeader header, IndexEntry from, Offset first, CancellationToken cancellation)
    {
        Offset next = from.Offset;
        await foreach (StoredFrame frame in _scan.FramesAsync(segment, header.Sync, from.Position, ChunkBytes, cancellation))
        {
            if (next >= first)
            {
                using DecodedBlock block = _scan.Decode(segment, header.Codec, header.Sync, frame);
                return block.FirstOffset == first ? block.Batch.Digest : null;
            }

            next += frame.Count;
        }

        return null;
    }
}
