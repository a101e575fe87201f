using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Model;

namespace Headwater.Log.Groups.Offsets;

/// <summary>
/// What this process knows of groups' lags without asking storage: the offsets of the groups whose rows it has read, and the positions of partitions that it
/// has appended to, read or maintained. Thread-safe.
/// </summary>
/// <param name="knownEnd">The log end that the process's own reads and appends have seen, by stream id and partition; null if none.</param>
internal sealed class GroupLag(Func<string, PartitionId, Offset?> knownEnd)
{
    /// <summary>Most partitions of groups that are remembered. Beyond it, groups that are seen for the first time are not.</summary>
    public const int Remembered = 10_000;

    private readonly Lock _gate = new();

    private readonly Dictionary<string, KnownStream> _streams = new(StringComparer.Ordinal);

    private int _count;

    /// <summary>Remembers a group's committed offsets, in place of those remembered before.</summary>
    public void See(StreamName stream, string streamId, GroupName group, IReadOnlyList<(PartitionId Partition, Offset Offset)> committed)
    {
        lock (_gate)
        {
            if (_streams.TryGetValue(stream.Value, out KnownStream? known) && known.StreamId != streamId)
            {
                _count -= known.Groups.Values.Sum(g => g.Count);
                _streams.Remove(stream.Value);
                known = null;
            }

            int before = known?.Groups.GetValueOrDefault(group.Value)?.Count ?? 0;
            if (_count - before + committed.Count > Remembered)
            {
                return;
            }

            _count += committed.Count - before;
            known ??= _streams[stream.Value] = new KnownStream(streamId);
            known.Groups[group.Value] = committed;
        }
    }

    /// <summary>Remembers a group's committed offsets of some partitions, beside those of others.</summary>
    public void Update(StreamName stream, string streamId, GroupName group, IReadOnlyList<(PartitionId Partition, Offset Offset)> committed)
    {
        lock (_gate)
        {
            HashSet<PartitionId> seen = [.. committed.Select(c => c.Partition)];
            KnownStream? known = _streams.GetValueOrDefault(stream.Value);
            IReadOnlyList<(PartitionId Partition, Offset Offset)>? before = known?.StreamId == streamId ? known.Groups.GetValueOrDefault(group.Value) : null;
            See(stream, streamId, group, [.. (before ?? []).Where(b => !seen.Contains(b.Partition)), .. committed]);
        }
    }

    /// <summary>Remembers a partition's positions. Does nothing if the process knows no group of the stream.</summary>
    public void See(StreamName stream, PartitionId partition, Offset logStart, Offset logEnd)
    {
        lock (_gate)
        {
            if (_streams.TryGetValue(stream.Value, out KnownStream? known))
            {
                known.Positions[partition] = (logStart, logEnd);
            }
        }
    }

    /// <summary>Forgets a deleted group.</summary>
    public void Forget(StreamName stream, GroupName group)
    {
        lock (_gate)
        {
            if (_streams.TryGetValue(stream.Value, out KnownStream? known) && known.Groups.Remove(group.Value, out var committed))
            {
                _count -= committed.Count;
            }
        }
    }

    /// <summary>Forgets the groups of a deleted stream.</summary>
    public void Forget(StreamName stream)
    {
        lock (_gate)
        {
            if (_streams.Remove(stream.Value, out KnownStream? known))
            {
                _count -= known.Groups.Values.Sum(g => g.Count);
            }
        }
    }

    /// <summary>The lags of all known groups. A partition whose log end is unknown is left out.</summary>
    public IReadOnlyList<KnownLag> All()
    {
        var all = new List<KnownLag>();
        lock (_gate)
        {
            foreach ((string stream, KnownStream known) in _streams)
            {
                foreach ((string group, IReadOnlyList<(PartitionId, Offset)> committed) in known.Groups)
                {
                    all.AddRange(committed.Select(c => LagOf(stream, known, group, c.Item1, c.Item2)).OfType<KnownLag>());
                }
            }
        }

        return all;
    }

    private KnownLag? LagOf(string stream, KnownStream known, string group, PartitionId partition, Offset committed)
    {
        (Offset Start, Offset End)? seen = known.Positions.TryGetValue(partition, out (Offset, Offset) positions) ? positions : null;
        Offset? cached = knownEnd(known.StreamId, partition);
        if ((seen?.End > cached || cached is null ? seen?.End : cached) is not { } end)
        {
            return null;
        }

        var offset = new CommittedOffset(partition, committed, null, seen?.Start ?? Offset.Zero, end);
        return new KnownLag(stream, group, partition.Value, offset.Lag, offset.Lost);
    }

    private sealed record KnownStream(string StreamId)
    {
        public Dictionary<PartitionId, (Offset Start, Offset End)> Positions { get; } = [];

        public Dictionary<string, IReadOnlyList<(PartitionId Partition, Offset Offset)>> Groups { get; } = new(StringComparer.Ordinal);
    }
}

/// <summary>A group's lag in a partition.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Group">The group's name.</param>
/// <param name="Partition">The partition's number.</param>
/// <param name="Lag">As <see cref="CommittedOffset.Lag"/>.</param>
/// <param name="Lost">As <see cref="CommittedOffset.Lost"/>.</param>
internal sealed record KnownLag(string Stream, string Group, int Partition, long Lag, long Lost);
