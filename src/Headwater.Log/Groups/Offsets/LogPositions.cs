using System.Collections.Concurrent;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Read;

namespace Headwater.Log.Groups.Offsets;

/// <summary>The log's positions that groups need: log ends, and the offset of a time.</summary>
internal sealed class LogPositions(TimeProvider time, LogEnds ends)
{
    private const int Remembered = 10_000;

    private const int PartitionsAtATime = 16;

    /// <summary>Cached log ends older than this are read again.</summary>
    private static readonly TimeSpan EndAge = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<(string StreamId, PartitionId Partition), (Offset End, long AskedAt)> _ends = new();

    /// <summary>Requires that no offset is beyond its log end. Costs one read for each offset beyond the log end that this process knows.</summary>
    /// <exception cref="HeadwaterException">OffsetBeyondEnd, only after asking storage.</exception>
    public async Task RequireWithinAsync(StreamDescription stream, IEnumerable<PartitionCommit> commits, CancellationToken cancellation)
    {
        foreach (PartitionCommit commit in commits)
        {
            if (commit.Offset == Offset.Zero || commit.Offset <= await ends.KnownEndAsync(stream, commit.Partition, cancellation))
            {
                continue;
            }

            Offset end = await ends.EndAsync(stream, commit.Partition, cancellation);
            if (commit.Offset > end)
            {
                throw new HeadwaterException(
                    ErrorCode.OffsetBeyondEnd,
                    $"Offset {commit.Offset} of partition {commit.Partition} is beyond the log end {end}; nothing was committed.")
                {
                    Facts = new PartitionEndFacts(commit.Partition.Value, end.Value),
                };
            }
        }
    }

    /// <summary>Log ends, at most two seconds old. Costs one read for each partition whose log end was not read in the last two seconds.</summary>
    public async Task<IReadOnlyDictionary<PartitionId, Offset>> EndsAsync(
        StreamDescription stream, IEnumerable<PartitionId> partitions, CancellationToken cancellation)
    {
        var found = new Dictionary<PartitionId, Offset>();
        foreach (PartitionId[] some in partitions.Chunk(PartitionsAtATime))
        {
            Offset[] theirs = await Task.WhenAll(some.Select(p => EndAsync(stream, p, cancellation)));
            foreach ((PartitionId partition, Offset end) in some.Zip(theirs))
            {
                found[partition] = end;
            }
        }

        return found;
    }

    /// <summary>The offset at which a read would begin.</summary>
    public Task<Offset> FindAsync(StreamDescription stream, PartitionId partition, ReadFrom from, CancellationToken cancellation) =>
        ends.FindAsync(stream, partition, from, cancellation);

    public Task<Offset> FreshEndAsync(StreamDescription stream, PartitionId partition, CancellationToken cancellation) =>
        ends.EndAsync(stream, partition, cancellation);

    private async Task<Offset> EndAsync(StreamDescription stream, PartitionId partition, CancellationToken cancellation)
    {
        var key = (stream.StreamId, partition);
        if (_ends.TryGetValue(key, out var known) && time.GetElapsedTime(known.AskedAt) < EndAge)
        {
            return known.End;
        }

        long now = time.GetTimestamp();
        Offset end = await ends.EndAsync(stream, partition, cancellation);
        if (_ends.Count >= Remembered)
        {
            _ends.Clear();
        }

        _ends[key] = (end, now);
        return end;
    }
}

/// <summary>Functions of the log that groups call; the log passes them in, because it is a higher layer.</summary>
/// <param name="KnownEndAsync">The log end as this process knows it.</param>
/// <param name="EndAsync">The log end after asking storage.</param>
/// <param name="FindAsync">The offset at which a read would begin.</param>
internal sealed record LogEnds(
    Func<StreamDescription, PartitionId, CancellationToken, Task<Offset>> KnownEndAsync,
    Func<StreamDescription, PartitionId, CancellationToken, Task<Offset>> EndAsync,
    Func<StreamDescription, PartitionId, ReadFrom, CancellationToken, Task<Offset>> FindAsync);
