using Headwater.Contracts.Answers;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>
/// Keeps a member's session alive on its own clock, and turns the group's answers into assignments: a partition that the group takes back is finished and
/// committed before another member gets it.
/// </summary>
/// <param name="session">The member.</param>
/// <param name="assignment">The partitions that the member has.</param>
/// <param name="begin">Starts the workers of partitions at their committed offsets; null: the partition has none. The number is the generation.</param>
/// <param name="release">Finishes and commits a partition that the group takes back.</param>
/// <param name="time">The clock.</param>
internal sealed class Membership(
    GroupSession session,
    Assignment assignment,
    Func<IReadOnlyDictionary<PartitionId, Offset?>, long, CancellationToken, Task> begin,
    Func<AssignedPartition, Task> release,
    TimeProvider time)
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly Dictionary<PartitionId, Task> _releases = [];

    private volatile bool _isLeaving;

    /// <summary>The member gets no further partitions. Heartbeats go on, so that it keeps those that it has until they are finished.</summary>
    public void BeginLeaving() => _isLeaving = true;

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            TimeSpan pause = await BeatAsync(stop);
            Task timer = Task.Delay(pause, time, stop);
            await Task.WhenAny([timer, .. _releases.Values]); // A partition that is released is free only after the next heartbeat.
        }
    }

    /// <summary>The member has lost its partitions, unless it has joined again since.</summary>
    /// <param name="life">The session's life in which it has.</param>
    public void Expire(int life)
    {
        AssignedPartition[] had = All(); // Before the session can begin again.
        if (session.TryExpire(life))
        {
            Array.ForEach(had, Drop);
        }
    }

    /// <summary>The member has lost the partitions that the problem names.</summary>
    public void Lose(HeadwaterException problem, int life)
    {
        HashSet<int> lost = [.. problem.Numbers("partitions")];
        if (lost.Count == 0)
        {
            Expire(life);
            return;
        }

        AssignedPartition[] had = All();
        if (session.Life == life)
        {
            Array.ForEach([.. had.Where(p => lost.Contains(p.Partition.Value))], Drop);
        }
    }

    private async Task<TimeSpan> BeatAsync(CancellationToken stop)
    {
        foreach (PartitionId released in _releases.Where(r => r.Value.IsCompleted).Select(r => r.Key).ToArray())
        {
            _releases.Remove(released);
        }

        int life = session.Life;
        if (session.IsOver)
        {
            Expire(life); // The workers have stopped, because another member may have the partitions.
        }

        try
        {
            life = session.Life;
            if (await session.BeatAsync(assignment.Partitions, stop) is not { } answer)
            {
                return TimeSpan.Zero;
            }

            await ApplyAsync(answer, stop);
            return Backoff.Endless(Durations.TryParse(answer.Heartbeat, out TimeSpan heartbeat) ? heartbeat : null, AfterFailure);
        }
        catch (HeadwaterException fenced) when (fenced.Is(ErrorCode.MemberExpired))
        {
            Expire(life);
            return TimeSpan.Zero;
        }
        catch (HeadwaterException passing) when (passing.Retryable || passing.Is(ErrorCode.PartitionLost))
        {
            return Backoff.Endless(passing.RetryAfter, AfterFailure);
        }
    }

    private async Task ApplyAsync(MemberBeatAnswer answer, CancellationToken stop)
    {
        HashSet<PartitionId> own = [.. answer.Partitions.Select(p => new PartitionId(p))];
        HashSet<PartitionId> leaving = [.. answer.Release.Select(p => new PartitionId(p))];
        foreach (AssignedPartition partition in All())
        {
            if (leaving.Contains(partition.Partition))
            {
                Begin(partition);
            }
            else if (!own.Contains(partition.Partition))
            {
                Drop(partition);
            }
        }

        if (_isLeaving)
        {
            return;
        }

        Dictionary<int, long> offsets = answer.Offsets.ToDictionary(o => o.Partition, o => o.Offset);
        IReadOnlyList<PartitionId> have = assignment.Partitions;
        Dictionary<PartitionId, Offset?> received = own.Where(p => !have.Contains(p))
            .ToDictionary(p => p, p => offsets.TryGetValue(p.Value, out long offset) ? new Offset(offset) : (Offset?)null);
        if (received.Count > 0)
        {
            await begin(received, answer.Generation, stop);
        }
    }

    private AssignedPartition[] All() => assignment.With(all => all.Values.ToArray());

    private void Begin(AssignedPartition partition)
    {
        if (!_releases.ContainsKey(partition.Partition))
        {
            _releases[partition.Partition] = release(partition);
        }
    }

    private void Drop(AssignedPartition partition)
    {
        partition.Drop();
        assignment.Remove(partition);
    }
}
