using System.Runtime.CompilerServices;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>
/// Finds a keyed batch in the log that the partition's key memory may have forgotten, and remembers it. A message may have waited in a queue while more than
/// <see cref="KeyMemory.Limit"/> keyed batches were appended. Costs at most one read per second and partition, for a fresh tail, while the memory reaches back
/// to the message.
/// </summary>
internal sealed class RequestRecall(LogPorts ports, SegmentIndexes indexes)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(1);

    private readonly ConditionalWeakTable<ReadablePartition, Reach> _reaches = [];

    /// <param name="partition">The partition to search.</param>
    /// <param name="key">The batch's request key.</param>
    /// <param name="since">The batch was not appended before this time, by the service's clock.</param>
    /// <param name="logStart">The search begins here at the lowest.</param>
    /// <param name="cancellation">Stops the search.</param>
    public async Task RecallAsync(ReadablePartition partition, RequestKey key, UnixMicros since, Offset logStart, CancellationToken cancellation)
    {
        Reach reach = _reaches.GetValue(partition, _ => new Reach());
        PartitionTail tail = await TailAsync(partition, reach, cancellation);
        Offset? remembered = tail.ForgottenBefore(key);
        if (remembered is not { } from || reach.Covers(since, from))
        {
            return;
        }

        var scan = new SegmentScan(ports.Blobs);
        Offset first = await new TimeSearch(partition, indexes, scan).FindAsync(since, logStart, cancellation);
        if (from <= first)
        {
            reach.Learn(since, first);
            return;
        }

        if (await new RequestSearch(partition, indexes, scan).FindAsync(key, new OffsetRange(first, from), cancellation) is { } found)
        {
            (await partition.TailAsync(cancellation)).Recall(found); // The tail may have been replaced during the search.
        }
    }

    private async Task<PartitionTail> TailAsync(ReadablePartition partition, Reach reach, CancellationToken cancellation)
    {
        if (reach.AskedAt is { } asked && ports.Time.GetElapsedTime(asked) < FreshFor)
        {
            return await partition.TailAsync(cancellation);
        }

        long now = ports.Time.GetTimestamp();
        PartitionTail tail = await partition.FreshTailAsync(cancellation);
        reach.AskedAt = now;
        return tail;
    }

    /// <summary>How far back a key memory is known to reach: events appended since a known time have a known offset or a later one.</summary>
    private sealed class Reach
    {
        private readonly Lock _gate = new();

        private (UnixMicros Since, Offset First)? _known;

        private long? _askedAt;

        public long? AskedAt
        {
            get
            {
                lock (_gate)
                {
                    return _askedAt;
                }
            }

            set
            {
                lock (_gate)
                {
                    _askedAt = value;
                }
            }
        }

        public bool Covers(UnixMicros since, Offset remembered)
        {
            lock (_gate)
            {
                return _known is { } known && since >= known.Since && remembered <= known.First;
            }
        }

        public void Learn(UnixMicros since, Offset first)
        {
            lock (_gate)
            {
                _known = (since, first);
            }
        }
    }
}
