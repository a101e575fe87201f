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

    /// <summary>Cached log ends older than this are read again.</summary>
    private static readonly TimeSpan EndAge = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<(string StreamId, PartitionId Partition), (Offset End, long AskedAt)> _ends = new();

    /// <summary>
    /// Requires that no offset is beyond its log end. Costs about one read for each offset beyond the log end that this process knows, at most 16 at a time.
    /// </summary>
    /// <exception cref="HeadwaterException">OffsetBeyondEnd, only after asking storage.</exception>
    public async Task RequireWithinAsync(StreamDescription stream, IEnumerable<PartitionCommit> commits, CancellationToken cancellation)
    {
        PartitionCommit[] unsure = [.. commits.Where(c => c.Offset > Offset.Zero && !(c.Offset <= ends.KnownEnd(stream, c.Partition)))];
        IReadOnlyDictionary<PartitionId, Offset> fresh = await FreshEndsAsync(stream, [.. unsure.Select(c => c.Partition).Distinct()], cancellation);
        foreach (PartitionCommit commit in unsure)
        {
            Offset end = fresh[commit.Partition];
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

    /// <summary>
    /// Log ends, at most two seconds old. Costs about one read for each partition whose log end was not read in the last two seconds, at most 16 at a time.
    /// </summary>
    public async Task<IReadOnlyDictionary<PartitionId, Offset>> EndsAsync(
        StreamDescription stream, IEnumerable<PartitionId> partitions, CancellationToken cancellation)
    {
        var found = new Dictionary<PartitionId, Offset>();
        var old = new List<PartitionId>();
        foreach (PartitionId partition in partitions)
        {
            if (_ends.TryGetValue((stream.StreamId, partition), out var known) && time.GetElapsedTime(known.AskedAt) < EndAge)
            {
                found[partition] = known.End;
            }
            else
            {
                old.Add(partition);
            }
        }

        long now = time.GetTimestamp();
        foreach ((PartitionId partition, Offset end) in await FreshEndsAsync(stream, old, cancellation))
        {
            found[partition] = end;
            if (_ends.Count >= Remembered)
            {
                _ends.Clear();
            }

            _ends[(stream.StreamId, partition)] = (end, now);
        }

        return found;
    }

    /// <summary>The offset at which a read would begin.</summary>
    public Task<Offset> FindAsync(StreamDescription stream, PartitionId partition, ReadFrom from, CancellationToken cancellation) =>
        ends.FindAsync(stream, partition, from, cancellation);

    /// <summary>Log ends after asking storage.</summary>
    public async Task<IReadOnlyDictionary<PartitionId, Offset>> FreshEndsAsync(
        StreamDescription stream, IReadOnlyCollection<PartitionId> partitions, CancellationToken cancellation) =>
        partitions.Count == 0 ? new Dictionary<PartitionId, Offset>() : await ends.EndsAsync(stream, partitions, cancellation);
}

/// <summary>Functions of the log that groups call; the log passes them in, because it is a higher layer.</summary>
/// <param name="KnownEnd">The log end as this process knows it; null if it knows none.</param>
/// <param name="EndsAsync">The log ends after asking storage.</param>
/// <param name="FindAsync">The offset at which a read would begin.</param>
internal sealed record LogEnds(
    Func<StreamDescription, PartitionId, Offset?> KnownEnd,
    Func<StreamDescription, IReadOnlyCollection<PartitionId>, CancellationToken, Task<IReadOnlyDictionary<PartitionId, Offset>>> EndsAsync,
    Func<StreamDescription, PartitionId, ReadFrom, CancellationToken, Task<Offset>> FindAsync);
