using System.Collections.Concurrent;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>
/// Reads what a partition's key memory needs to answer for request keys: the key files of earlier segments, once per open partition, and the block at each
/// place that may have a key. A key that the partition does not have costs no call; one that it has costs one read, unless it is among the last 1,000.
/// Thread-safe.
/// </summary>
internal sealed class KeyLookup(LogPorts ports, PartitionPlace place, MemoryOptions memory)
{
    private const int FactsMax = 4_096;

    private const int LoadsAtOnce = 16;

    private const int UsualRead = 64 << 10;

    private const int LargestRead = 64 << 20;

    private const int RecalledMax = 1_000;

    /// <summary>Blocks that are read before a group; then the requests whose keys are known are answered.</summary>
    private const int ReadsAtATime = 64;

    private readonly KeyFiles _files = new(ports.Blobs);

    private readonly ConcurrentDictionary<KeyPlace, KeyFact> _facts = new();

    private readonly Lock _gate = new();

    private readonly RecentBatches _recalled = new(RecalledMax);

    /// <summary>A batch before the window that was found in the log; null if there is none among the last 1,000.</summary>
    public KeyedBatch? Recalled(RequestKey key)
    {
        lock (_gate)
        {
            return _recalled.Find(key)?.Batch;
        }
    }

    /// <summary>Remembers an older batch that was found in the log, also if the partition is opened again: at most 1,000 of them, never persisted.</summary>
    public void Recall(KeyedBatch batch)
    {
        lock (_gate)
        {
            _recalled.Add(batch, UnixMicros.MaxValue);
        }
    }

    /// <summary>What was read at a place; null if it was not.</summary>
    public KeyFact? Fact(KeyPlace at) => _facts.TryGetValue(at, out KeyFact fact) ? fact : null;

    /// <summary>
    /// Makes the tail know these keys, except those that are appended during the call; or the first of them, if that takes more than 64 reads. Then the
    /// next call goes on.
    /// </summary>
    /// <exception cref="StorageException">Storage failed. The keys are not known: nothing with them may be appended.</exception>
    public async Task PrepareAsync(PartitionTail tail, IReadOnlyCollection<RequestKey> keys, CancellationToken cancellation)
    {
        if (keys.Count == 0)
        {
            return;
        }

        await LoadAsync(tail, cancellation);
        if (_facts.Count > FactsMax)
        {
            _facts.Clear();
        }

        int reads = 0;
        foreach (RequestKey key in keys)
        {
            while (tail.Find(key, this).Missing is { } missing)
            {
                if (++reads > ReadsAtATime)
                {
                    return;
                }

                if (await ReadAsync(missing, tail.HeaderOf(missing.Base), cancellation) == KeyFact.Deleted)
                {
                    await RequireExpiredAsync(tail, tail.LastKeyedOf(missing.Base), cancellation);
                }
            }
        }
    }

    /// <summary>Reads the block at a place. What it holds never changes, so it is read once.</summary>
    /// <param name="at">The place.</param>
    /// <param name="header">Codec and sync marker of the segment; null if the tail has forgotten the segment.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<KeyFact> ReadAsync(KeyPlace at, TailHeader? header, CancellationToken cancellation)
    {
        if (Fact(at) is { } known)
        {
            return known;
        }

        if (header is null)
        {
            return KeyFact.Deleted; // Not kept: only the tail has forgotten the segment.
        }

        KeyFact fact = await ReadBlockAsync(at, header, cancellation);
        _facts[at] = fact;
        return fact;
    }

    /// <summary>The request keys of a sealed segment.</summary>
    /// <inheritdoc cref="KeyFiles.LoadAsync"/>
    public Task<KeyFile?> FileAsync(Offset segmentBase, CancellationToken cancellation) => _files.LoadAsync(place, segmentBase, null, cancellation);

    private async Task LoadAsync(PartitionTail tail, CancellationToken cancellation)
    {
        while (tail.UnloadedKeys() is { Count: > 0 } unloaded)
        {
            // Without appends, the time of the last event does not advance. Every key that has expired by the clock has also expired for the next append.
            UnixMicros expired = ports.Clock.Now().Plus(-memory.KeyWindow).Plus(-memory.KeyMargin);
            foreach (KeySegment old in unloaded.Where(s => s.Last < expired))
            {
                tail.InstallKeys(old.Base, KeyIndex.Empty, new TailHeader(0, BlockCodec.Null, default));
            }

            foreach (KeySegment[] some in unloaded.Where(s => s.Last >= expired).Chunk(LoadsAtOnce))
            {
                KeyFile?[] files = await Task.WhenAll(some.Select(s => _files.LoadAsync(place, s.Base, s.Count, cancellation)));
                foreach ((KeySegment segment, KeyFile? file) in some.Zip(files))
                {
                    if (file is null)
                    {
                        await RequireExpiredAsync(tail, segment.Last, cancellation);
                    }

                    KeyIndex keys = file?.Keys ?? KeyIndex.Empty;
                    tail.InstallKeys(segment.Base, keys, new TailHeader(0, file?.Codec ?? BlockCodec.Null, file?.Sync ?? default));
                }
            }
        }
    }

    /// <summary>
    /// A segment with keys is deleted after they have expired, or with the whole stream. Sets the clock by a response first: with a clock that is behind, a
    /// repeat would be stored with an append time within the window. Costs one read.
    /// </summary>
    /// <exception cref="HeadwaterException">StreamChanged: the keys of the deleted segment have not expired.</exception>
    private async Task RequireExpiredAsync(PartitionTail tail, UnixMicros last, CancellationToken cancellation)
    {
        using BlobRead? read = await ports.Blobs.ReadAsync(place.Segment(tail.Position.SegmentBase), 0, 1, cancellation);
        ports.Clock.Observe(read?.Date);
        if (last.Plus(memory.KeyWindow) >= ports.Clock.Now())
        {
            _facts.Clear();
            throw new HeadwaterException(
                ErrorCode.StreamChanged,
                $"Partition {place.Partition} of stream '{place.Stream}' is being deleted: a segment with remembered keys is missing.");
        }
    }

    private async Task<KeyFact> ReadBlockAsync(KeyPlace at, TailHeader header, CancellationToken cancellation)
    {
        string segment = place.Segment(at.Base);
        for (int size = UsualRead; ; size *= 8)
        {
            using BlobRead? read = await ports.Blobs.ReadAsync(segment, at.Position, size, cancellation);
            if (read is null || read.Length <= at.Position)
            {
                return KeyFact.Deleted;
            }

            using var block = new DecodedBlock();
            if (TryDecode(segment, read, at, header, block))
            {
                KeyedBatch? batch = block.Batch is { Request: { } request, Digest: { } digest }
                    ? new KeyedBatch(request, digest, block.FirstOffset, block.Batch.Count) : null;
                return new KeyFact(batch, block.Appended);
            }

            if (at.Position + read.Content.Length >= read.Length || size >= LargestRead)
            {
                throw new HeadwaterException(ErrorCode.CorruptSegment, $"{segment} ends inside a block at byte {at.Position}.");
            }
        }
    }

    private static bool TryDecode(string segment, BlobRead read, KeyPlace at, TailHeader header, DecodedBlock block)
    {
        try
        {
            return BlockDecoder.TryRead(read.Content.Span, at.Position, header.Codec, header.Sync, block);
        }
        catch (SegmentFormatException problem)
        {
            throw SegmentScan.Corrupt(segment, problem);
        }
    }
}
