using System.Runtime.CompilerServices;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;

namespace Headwater.Log.Read;

/// <summary>
/// Finds a keyed batch in the log that the partition's key memory may have forgotten, and remembers it: a message may have waited in a queue for longer than
/// the window. Costs at most one read per second and partition, for a fresh tail, while the memory reaches back to the message. For an older message the keys
/// of the log since then are loaded once, for all messages; a message then costs no call, or one read if it is found.
/// </summary>
internal sealed class RequestRecall(LogPorts ports, LogOptions options)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(1);

    /// <summary>A history that no message needed for this long is dropped.</summary>
    private static readonly TimeSpan UsedFor = TimeSpan.FromMinutes(10);

    private readonly ConditionalWeakTable<ReadablePartition, Recollection> _known = [];

    /// <param name="partition">The partition to search.</param>
    /// <param name="key">The batch's request key.</param>
    /// <param name="sent">The batch was not appended before this time, by the service's clock.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <exception cref="HeadwaterException">KeyForgotten: the log no longer shows whether the batch was appended.</exception>
    public async Task RecallAsync(ReadablePartition partition, RequestKey key, UnixMicros sent, CancellationToken cancellation)
    {
        UnixMicros since = sent.Plus(-options.Memory.KeyMargin); // The clock of the instance that appended it may have been behind.
        Recollection known = _known.GetValue(partition, p => new Recollection(new KeyHistory(p, 2L * options.Memory.Keys)));
        while (true)
        {
            PartitionTail tail = await TailAsync(partition, known, cancellation);
            if (IsCovered(tail.Reach(), since))
            {
                ReleaseUnused(known);
                return;
            }

            TailPosition at = tail.Position;
            known.UsedAt = ports.Time.GetTimestamp();
            if (tail.Find(key, partition.Keys).Batch is { } remembered)
            {
                partition.Keys.Recall(remembered); // It may expire before the append.
                return;
            }

            bool isInActive = at.SegmentBase == Offset.Zero || (at.FirstAppended is { } first && first < since);
            IReadOnlyList<KeyFile> files = isInActive ? [] : await known.History.SinceAsync(at.SegmentBase, since, cancellation);
            IReadOnlyList<KeyPlace> active = tail.ActivePlaces(key);
            if (tail.Position.SegmentBase != at.SegmentBase)
            {
                continue; // Rolled: the segment that was active is now part of the history.
            }

            await SearchAsync(partition, key, [.. active.Select(p => (p, tail.HeaderOf(p.Base))), .. Places(files, key, since)], cancellation);
            return;
        }
    }

    private static IEnumerable<(KeyPlace Place, TailHeader? Header)> Places(IReadOnlyList<KeyFile> files, RequestKey key, UnixMicros since) =>
        from file in files
        where file.Last >= since
        from position in file.Keys.Find(key).ToArray()
        select (new KeyPlace(file.Base, position), new TailHeader(0, file.Codec, file.Sync));

    private static async Task SearchAsync(
        ReadablePartition partition,
        RequestKey key,
        IReadOnlyList<(KeyPlace Place, TailHeader? Header)> places,
        CancellationToken cancellation)
    {
        foreach ((KeyPlace place, TailHeader? header) in places)
        {
            KeyFact fact = await partition.Keys.ReadAsync(place, header, cancellation);
            if (fact == KeyFact.Deleted)
            {
                throw KeyHistory.Forgotten();
            }

            if (fact.Batch is { } found && found.Request == key)
            {
                partition.Keys.Recall(found);
                return;
            }
        }
    }

    /// <summary>
    /// Whether the memory has the key if it was appended, also at the time of the append that follows: that is later than the log's last event by any time if
    /// the partition was idle.
    /// </summary>
    private bool IsCovered(KeyReach reach, UnixMicros since)
    {
        UnixMicros now = ports.Clock.Now();
        UnixMicros latest = (now > reach.LastAppended ? now : reach.LastAppended).Plus(options.AppendPatience).Plus(options.Memory.KeyMargin);
        return since > reach.Dropped && since >= latest.Plus(-options.Memory.KeyWindow);
    }

    private void ReleaseUnused(Recollection known)
    {
        if (known.UsedAt is { } used && ports.Time.GetElapsedTime(used) > UsedFor)
        {
            known.History.Release();
            known.UsedAt = null;
        }
    }

    private async Task<PartitionTail> TailAsync(ReadablePartition partition, Recollection known, CancellationToken cancellation)
    {
        if (known.AskedAt is { } asked && ports.Time.GetElapsedTime(asked) < FreshFor)
        {
            return await partition.TailAsync(cancellation);
        }

        long now = ports.Time.GetTimestamp();
        PartitionTail tail = await partition.FreshTailAsync(cancellation);
        known.AskedAt = now;
        return tail;
    }

    /// <summary>What is kept of a partition. A lost or torn update of the times costs at most one read or load more.</summary>
    private sealed class Recollection(KeyHistory history)
    {
        private long _askedAt = long.MinValue;

        private long _usedAt = long.MinValue;

        public KeyHistory History => history;

        public long? AskedAt
        {
            get => Of(Volatile.Read(ref _askedAt));
            set => Volatile.Write(ref _askedAt, value ?? long.MinValue);
        }

        public long? UsedAt
        {
            get => Of(Volatile.Read(ref _usedAt));
            set => Volatile.Write(ref _usedAt, value ?? long.MinValue);
        }

        private static long? Of(long value) => value == long.MinValue ? null : value;
    }
}
