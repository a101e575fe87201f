using System.Runtime.CompilerServices;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>
/// Makes a partition remember a keyed batch that its memory may have lost, if the log holds it: a message may have waited on a queue for longer than the last
/// <see cref="KeyMemory.Limit"/> keyed batches took. No storage call while the memory reaches back to the message; it is compared with a tail at most
/// a second old.
/// </summary>
internal sealed class RequestRecall(LogPorts ports, SegmentIndexes indexes)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(1);

    private readonly ConditionalWeakTable<ReadablePartition, Reach> _reaches = [];

    /// <param name="partition">Where the batch would be.</param>
    /// <param name="key">Its request key.</param>
    /// <param name="since">It was not appended before this, by the service's clock.</param>
    /// <param name="logStart">Nothing before is looked at.</param>
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
            tail.Recall(found);
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

    /// <summary>How far back a memory is known to reach: whatever was appended since a time has this offset or a later one.</summary>
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
