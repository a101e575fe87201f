using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Offsets;
using Headwater.Simulation.Scheduling;

namespace Headwater.Simulation.Groups;

/// <summary>
/// A consumer process that follows the documentation: it measures its session from before the answered heartbeat, drops all partitions when the session
/// ends or an answer says so, and commits with the generation under which it read.
/// It also freezes, and then completes its next action before it checks a clock.
/// </summary>
internal sealed class MemberProcess(GroupContext context, string process, MemberName? fixedId, Action<MemberProcess> replace)
{
    private readonly Chance _chance = context.NewChance();

    private readonly Dictionary<int, long> _positions = [];

    private readonly HashSet<int> _asked = [];

    private readonly Dictionary<int, (long Offset, Generation Carried)> _givenUp = [];

    private MemberName? _id = fixedId;

    private Generation? _generation;

    private TimeSpan _sessionEnd;

    private bool _isReplaced;

    public string Name { get; } = process;

    public MemberName? FixedId { get; } = fixedId;

    public int Owned => _positions.Count;

    /// <summary>Whether its last commit of all owned partitions succeeded, after a period without faults.</summary>
    public bool IsContent { get; private set; }

    public bool IsGone { get; private set; }

    public async Task RunAsync()
    {
        while (!context.IsOver && !IsGone)
        {
            if (!await HeartbeatAsync() && _chance.Happens(0.6))
            {
                // The outcome is unknown: retry soon. The earlier request may still be applied, now or much later.
                await context.Clients.PauseAsync(_chance.LogTime(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1)));
                continue;
            }

            TimeSpan round = context.Plan.Session / 3 * (0.5 + (0.6 * _chance.Fraction()));
            await context.Clients.PauseAsync(round / 2);
            IsContent = await CommitAsync(_generation);
            await context.Clients.PauseAsync(round / 2);
            if (!context.IsSettling)
            {
                await MisbehaveAsync();
            }
        }
    }

    private async Task MisbehaveAsync()
    {
        if (_chance.Happens(context.Plan.Freezes))
        {
            await FreezeAsync();
        }
        else if (_chance.Happens(context.Plan.Deaths))
        {
            Die("dies");
            replace(this);
        }
        else if (_givenUp.Count > 0 && _chance.Happens(0.3) && (_id, _generation) is ({ } member, { } generation))
        {
            // A faulty consumer commits a partition that it gave up, with the newer generation. If it owns the partition again, it commits the earlier
            // work with the earlier generation.
            (int partition, (long offset, Generation then)) = _givenUp.First();
            _givenUp.Clear();
            await CommitAsync([(partition, Math.Max(offset, context.Ends[partition]))], member, _positions.ContainsKey(partition) ? then : generation);
        }
        else if (_chance.Happens(context.Plan.Leaves) && (_id, _generation) is ({ } id, { } last))
        {
            Drop();
            await context.AskAsync(Name, $"{id} leaves", Patience(), async (log, stream, cancellation) =>
            {
                await log.Groups.LeaveAsync(stream, GroupContext.Shared, id, last, cancellation);
                return this;
            });
            Die("has left");
            replace(this);
        }
    }

    /// <summary>Freezes in the middle of its work, possibly until another process replaces it, and then continues.</summary>
    private async Task FreezeAsync()
    {
        context.Write(Name, "freezes");
        (int Partition, long Offset)[] work = [.. _positions.Select(p => (p.Key, p.Value + 1)).Where(w => w.Item2 <= context.Ends[w.Key])];
        (MemberName? id, Generation? carried) = (_id, _generation);
        if (FixedId is not null && _chance.Happens(0.3))
        {
            _isReplaced = true;
            context.Ledger.EndAll(Name); // An operator who starts another process under this id has decided that this process is dead.
            replace(this);
        }

        await context.Clients.PauseAsync(_chance.LogTime(TimeSpan.FromSeconds(1), context.Plan.Session * 3));
        context.Write(Name, "wakes up");
        for (int careless = 0; careless < _chance.Between(1, 3) && work.Length > 0 && id is { } member && carried is { } generation; careless++)
        {
            await CommitAsync(work, member, generation);
            await context.Clients.PauseAsync(TimeSpan.FromMilliseconds(200) * _chance.Fraction());
        }

        if (_isReplaced)
        {
            Die("sees it was replaced");
        }
    }

    /// <returns>False if no instance answered.</returns>
    private async Task<bool> HeartbeatAsync()
    {
        TimeSpan sent = context.Now;
        if (sent >= _sessionEnd && _chance.Happens(0.5))
        {
            Rejoin();
        }

        foreach (int partition in _asked.Where(_positions.ContainsKey))
        {
            _givenUp[partition] = (_positions[partition], _generation ?? Generation.None);
            _positions.Remove(partition);
            context.Ledger.End(Name, partition);
        }

        _asked.Clear();
        var request = new MemberRequest
        {
            Member = _id,
            Session = context.Plan.Session,
            Owned = _positions.Keys.Select(p => new PartitionId(p)).ToHashSet(),
            Generation = _generation,
        };
        (MemberAnswer? answer, ErrorCode? refusal) = await context.AskAsync(
            Name,
            $"{_id} owns [{string.Join(' ', _positions.Keys)}] at {_generation}",
            Patience(),
            (log, stream, cancellation) => log.Groups.JoinAsync(stream, GroupContext.Shared, request, cancellation));
        if (refusal is ErrorCode.MemberExpired)
        {
            Rejoin();
        }
        else if (answer is not null)
        {
            Take(answer, sent);
        }

        return answer is not null || refusal is ErrorCode.MemberExpired;
    }

    private void Take(MemberAnswer answer, TimeSpan sent)
    {
        context.Write(
            Name,
            $"is {answer.Member} at {answer.Generation}, owns [{string.Join(' ', answer.Partitions.Select(p => p.Partition))}] gives up "
                + $"[{string.Join(' ', answer.Release)}]{(answer.Renewed ? " renewed" : "")}");
        _id = answer.Member;
        _generation = answer.Generation;
        if (answer.Renewed)
        {
            _sessionEnd = sent + answer.Session;
        }

        if (context.Now >= _sessionEnd)
        {
            Rejoin(); // The answer arrived after the session had ended.
            return;
        }

        _asked.UnionWith(answer.Release.Select(p => p.Value));
        HashSet<int> told = [.. answer.Partitions.Select(p => p.Partition.Value)];
        foreach (int lost in _positions.Keys.Where(p => !told.Contains(p) && !_asked.Contains(p)).ToArray())
        {
            _positions.Remove(lost);
            context.Ledger.End(Name, lost);
        }

        foreach (OwnedPartition owned in answer.Partitions)
        {
            _positions.TryAdd(owned.Partition.Value, owned.Offset?.Value ?? 0);
        }

        foreach (int partition in _positions.Keys)
        {
            context.Ledger.Own(Name, partition, _sessionEnd);
        }
    }

    private async Task<bool> CommitAsync(Generation? carried)
    {
        if (carried is not { } generation || context.Now >= _sessionEnd || _positions.Count == 0)
        {
            return _positions.Count == 0;
        }

        var work = new List<(int Partition, long Offset)>();
        foreach (int partition in _positions.Keys.Where(_ => context.IsSettling || _chance.Happens(0.7)))
        {
            work.Add((partition, Math.Max(_positions[partition], Math.Min(context.Ends[partition], _positions[partition] + _chance.Below(3)))));
        }

        return work.Count == 0 || await CommitAsync([.. work], _id!.Value, generation);
    }

    private async Task<bool> CommitAsync((int Partition, long Offset)[] work, MemberName member, Generation generation)
    {
        string metadata = new CommitTag(Name, member.Value, generation.Value, context.NextNumber()).Text;
        foreach ((int partition, long offset) in work.Where(w => _positions.ContainsKey(w.Partition)))
        {
            _positions[partition] = offset; // Independent of the outcome, a later commit has a higher offset.
        }

        var request =
            new CommitRequest([.. work.Select(w => new PartitionCommit(new PartitionId(w.Partition), new Offset(w.Offset), metadata))], member, generation);
        (CommitRequest? done, ErrorCode? refusal) = await context.AskAsync(
            Name, $"commits {string.Join(' ', work)} as {metadata}", Patience(),
            async (log, stream, cancellation) =>
            {
                await log.Groups.CommitAsync(stream, GroupContext.Shared, request, cancellation);
                return request;
            });
        if (done is not null)
        {
            Array.ForEach(work, w => context.Watch.Acknowledged(GroupContext.Shared.Value, w.Partition, metadata));
        }
        else if (refusal is ErrorCode.MemberExpired or ErrorCode.PartitionLost or ErrorCode.CommitBehind)
        {
            Rejoin();
        }

        return done is not null;
    }

    /// <summary>Drops all partitions; the next heartbeat joins again.</summary>
    private void Rejoin()
    {
        Drop();
        _generation = null;
        _id = FixedId ?? (_chance.Happens(0.5) ? _id : null);
    }

    private void Drop()
    {
        context.Ledger.EndAll(Name);
        _positions.Clear();
        _asked.Clear();
        _sessionEnd = TimeSpan.Zero;
    }

    private void Die(string how)
    {
        context.Write(Name, how);
        Drop();
        IsGone = true;
    }

    private TimeSpan Patience() => _chance.LogTime(TimeSpan.FromMilliseconds(300), context.Plan.LongestPatience);
}
