using Headwater.Core.Positions;
using Headwater.Log.Budgets;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>
/// Finds the log ends of partitions, as storage has them now, without opening those that are not open. Begins where this process last saw an end, else at the
/// published row, else at the first segment. Costs one query per 1,000 rows if many ends are asked for, or one read per row, and then about one read per
/// partition. Opens a partition if that does not lead to its end. Thread-safe.
/// </summary>
/// <param name="ports">Storage.</param>
/// <param name="options">Sizes.</param>
/// <param name="knownEnd">The end of an open partition; null if it is not open.</param>
/// <param name="partitions">Holds a partition.</param>
internal sealed class PartitionEnds(
    LogPorts ports,
    LogOptions options,
    Func<string, PartitionId, Offset?> knownEnd,
    Func<StreamDescription, PartitionId, HeldPartition<ReadablePartition>> partitions)
{
    /// <summary>Partitions of one call that are looked at at the same time.</summary>
    public const int AtATime = 16;

    /// <summary>More rows than this are read by a query of all.</summary>
    private const int FewRows = 4;

    private const int MarksMostBytes = 4 << 20;

    private const int MarkBytes = 320;

    private readonly LruCache<LogMark> _marks = new(MarksMostBytes);

    private readonly EndProbe _probe = new(ports, options);

    /// <summary>Limits the probes of the process.</summary>
    private readonly CallSlots _slots = new(AtATime);

    /// <summary>The largest log end that this process has seen; null if none. No storage call.</summary>
    public Offset? Known(StreamDescription stream, PartitionId partition)
    {
        Offset? open = knownEnd(stream.StreamId, partition);
        Offset? seen = _marks.TryGet(Name(stream, partition), out LogMark? mark) ? mark.Next : null;
        return seen is null || open > seen ? open : seen;
    }

    /// <summary>The ends of some partitions.</summary>
    public async Task<IReadOnlyDictionary<PartitionId, Offset>> FindAsync(
        StreamDescription stream, IReadOnlyCollection<PartitionId> asked, CancellationToken cancellation)
    {
        IReadOnlyDictionary<PartitionId, LogMark> marks = await MarksAsync(stream, asked, cancellation);
        var found = new Dictionary<PartitionId, Offset>(asked.Count);
        foreach (PartitionId[] some in asked.Chunk(AtATime))
        {
            LogMark[] ends = await Task.WhenAll(some.Select(p => FindAsync(stream, p, marks, cancellation)));
            foreach ((PartitionId partition, LogMark end) in some.Zip(ends))
            {
                found[partition] = end.Next;
            }
        }

        return found;
    }

    /// <summary>The end of one partition, and the segment in which it is.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="marks">From <see cref="MarksAsync"/>, which may be older than this call.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<LogMark> FindAsync(
        StreamDescription stream, PartitionId partition, IReadOnlyDictionary<PartitionId, LogMark> marks, CancellationToken cancellation)
    {
        if (knownEnd(stream.StreamId, partition) is null && marks.TryGetValue(partition, out LogMark? from))
        {
            PartitionPlace place = PartitionPlace.Of(stream, partition);
            if (await _slots.RunAsync(() => _probe.FindAsync(place, from, cancellation)) is { } found)
            {
                _marks.Set(Name(stream, partition), found, MarkBytes);
                return found;
            }
        }

        using HeldPartition<ReadablePartition> held = partitions(stream, partition);
        return LogMark.Of((await held.Value.FreshTailAsync(cancellation)).Position);
    }

    /// <summary>Where to begin, for the partitions that are not open.</summary>
    public async Task<IReadOnlyDictionary<PartitionId, LogMark>> MarksAsync(
        StreamDescription stream, IReadOnlyCollection<PartitionId> asked, CancellationToken cancellation)
    {
        var marks = new Dictionary<PartitionId, LogMark>();
        var unknown = new HashSet<PartitionId>();
        foreach (PartitionId partition in asked.Where(p => knownEnd(stream.StreamId, p) is null))
        {
            if (_marks.TryGet(Name(stream, partition), out LogMark? mark))
            {
                marks[partition] = mark;
            }
            else
            {
                marks[partition] = LogMark.Start;
                unknown.Add(partition);
            }
        }

        foreach ((PartitionId partition, LogMark mark) in await PublishedAsync(stream, unknown, cancellation))
        {
            marks[partition] = mark;
        }

        return marks;
    }

    /// <summary>A table that cannot be read counts as empty, because its rows are a cache.</summary>
    private async Task<IReadOnlyList<(PartitionId Partition, LogMark Mark)>> PublishedAsync(
        StreamDescription stream, HashSet<PartitionId> asked, CancellationToken cancellation)
    {
        try
        {
            return await PublishedPositions.MarksAsync(ports.Tables, stream.StreamId, asked, FewRows, cancellation);
        }
        catch (StorageException)
        {
            return [];
        }
    }

    private static string Name(StreamDescription stream, PartitionId partition) => $"{stream.StreamId}/{partition.Value}";
}
