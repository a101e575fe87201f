using System.Diagnostics.CodeAnalysis;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>One run of a consumer: its reads, workers, heartbeats and commits, of which the first failure ends all.</summary>
internal sealed class ConsumerRun<T> : IAsyncDisposable
{
    private static readonly TimeSpan LastCommit = TimeSpan.FromSeconds(10);

    private readonly StreamScope<T> _scope;

    private readonly StreamDescription _stream;

    private readonly ConsumerOptions _options;

    private readonly Assignment _assignment;

    private readonly GroupSession? _session;

    private readonly PartitionWorker<T> _worker;

    private readonly Membership? _membership;

    /// <summary>The last worker of each partition that the consumer has had.</summary>
    private readonly Dictionary<PartitionId, Task> _workers = [];

    private readonly CancellationTokenSource _stopping = new();

    private readonly CancellationTokenSource _finished = new();

    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConsumerRun(
        StreamScope<T> scope,
        StreamDescription stream,
        ConsumerOptions options,
        Assignment assignment,
        GroupSession? session,
        Func<ReceivedEvent<T>, CancellationToken, ValueTask> process)
    {
        (_scope, _stream, _options, _assignment, _session) = (scope, stream, options, assignment, session);
        _worker = new PartitionWorker<T>(scope, stream.StreamId, assignment, options, () => session?.IsOver == true, process);
        _membership = session is null ? null : new Membership(session, assignment, BeginAsync, ReleaseWatchedAsync, scope.Api.Time);
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        await using CancellationTokenRegistration registration = cancellation.UnsafeRegister(
            static state => ((CancellationTokenSource)state!).Cancel(), _stopping);
        if (_membership is null)
        {
            await BeginAllAsync(cancellation);
        }

        Task[] loops =
        [
            .. Enumerable.Range(0, Fetcher<T>.Shards)
                .Select(shard => new Fetcher<T>(_scope, _stream, _assignment, _options).RunAsync(shard, _stopping.Token)),
            _session is not null && _options.Commits == CommitMode.Automatic ? CommitRegularlyAsync(_session) : Task.CompletedTask,
        ];
        Task membership = _membership?.RunAsync(_finished.Token) ?? Task.CompletedTask;
        foreach (Task loop in loops.Append(membership))
        {
            _ = WatchAsync(loop);
        }

        Task stopped = Task.Delay(Timeout.InfiniteTimeSpan, _scope.Api.Time, _stopping.Token);
        await Task.WhenAny(_failed.Task, stopped);
        await _stopping.CancelAsync();
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await WatchAsync(FinishAsync(membership)); // The first failure is thrown.
        if (_failed.Task.IsFaulted)
        {
            await _failed.Task;
        }
    }

    public ValueTask DisposeAsync()
    {
        _worker.Dispose();
        _stopping.Dispose();
        _finished.Dispose();
        return default;
    }

    private async Task BeginAllAsync(CancellationToken cancellation)
    {
        IReadOnlyList<PartitionId> partitions = _options.Partitions ?? StreamReading.PartitionsOf(_stream);
        foreach ((PartitionId partition, Offset start) in await StartPositions.ResolveAsync(
            _scope, _stream.StreamId, partitions, _options.From, cancellation))
        {
            Begin(new AssignedPartition(partition, start, 0));
        }
    }

    /// <summary>Begins partitions at their committed offsets; those without one where the options say.</summary>
    private async Task BeginAsync(IReadOnlyDictionary<PartitionId, Offset?> received, long generation, CancellationToken cancellation)
    {
        PartitionId[] fresh = [.. received.Where(r => r.Value is null).Select(r => r.Key).Order()];
        Dictionary<PartitionId, Offset> starts = fresh.Length == 0
            ? []
            : await StartPositions.ResolveAsync(_scope, _stream.StreamId, fresh, _options.From, cancellation);
        foreach ((PartitionId partition, Offset? committed) in received.OrderBy(r => r.Key))
        {
            Begin(new AssignedPartition(partition, committed ?? starts[partition], generation) { Committed = committed });
        }
    }

    private void Begin(AssignedPartition partition)
    {
        Task previous = _workers.GetValueOrDefault(partition.Partition, Task.CompletedTask);
        partition.Worker = RunAfterAsync(previous, partition);
        _workers[partition.Partition] = partition.Worker;
        _assignment.Add(partition);
        _ = WatchAsync(partition.Worker);
    }

    /// <summary>The program may still be at an event of a partition that was lost and is received again. It processes one event of a partition at a time.</summary>
    private async Task RunAfterAsync(Task previous, AssignedPartition partition)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _worker.RunAsync(partition, CancellationToken.None);
    }

    /// <summary>Ends the worker after the event it is at, commits, and gives the partition up, also if the commit fails.</summary>
    private async Task ReleaseAsync(AssignedPartition partition)
    {
        try
        {
            partition.Release();
            await partition.Worker.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_session is { } session && _options.Commits == CommitMode.Automatic)
            {
                await TryCommitAsync(session, () => ConsumerCommits.CommitLastAsync(session, _assignment, partition, CancellationToken.None));
            }
        }
        finally
        {
            _assignment.Remove(partition);
        }
    }

    /// <summary><see cref="ReleaseAsync"/> of a partition that the group takes back while the consumer runs.</summary>
    private Task ReleaseWatchedAsync(AssignedPartition partition)
    {
        Task release = ReleaseAsync(partition);
        _ = WatchAsync(release);
        return release;
    }

    private async Task CommitRegularlyAsync(GroupSession session)
    {
        while (true)
        {
            await Task.Delay(_options.CommitInterval, _scope.Api.Time, _stopping.Token);
            await TryCommitAsync(session, () => ConsumerCommits.CommitAsync(session, _assignment, null, _stopping.Token));
        }
    }

    /// <summary>Commits. If the member is fenced, drops its partitions; after a failure that passes, the next commit has the same offsets.</summary>
    private async Task TryCommitAsync(GroupSession session, Func<Task> commit)
    {
        int life = session.Life;
        try
        {
            await commit();
        }
        catch (HeadwaterException fenced) when (fenced.Is(ErrorCode.MemberExpired))
        {
            _membership?.Expire(life); // The member may have joined again since the commit began.
        }
        catch (HeadwaterException lost) when (lost.Is(ErrorCode.PartitionLost))
        {
            _membership?.Lose(lost, life);
        }
        catch (HeadwaterException passing) when (passing.Retryable || passing.Is(ErrorCode.CommitBehind))
        {
        }
    }

    /// <summary>Finishes the events at work and commits, while heartbeats keep the partitions. Then leaves the group, whatever failed.</summary>
    private async Task FinishAsync(Task membership)
    {
        _membership?.BeginLeaving();
        try
        {
            await ReleaseAllAsync();
        }
        finally
        {
            await _finished.CancelAsync();
            await membership.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Task rest = ReleaseAllAsync(); // A heartbeat may have been at work when leaving began.
            await rest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await LeaveAsync();
            await Task.WhenAll(_workers.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await rest;
        }
    }

    private async Task LeaveAsync()
    {
        if (_session is not { } session)
        {
            return;
        }

        try
        {
            using var late = new CancellationTokenSource(LastCommit, _scope.Api.Time);
            await session.LeaveAsync(late.Token);
        }
        catch (Exception left) when (left is HeadwaterException or OperationCanceledException)
        {
            // The session ends by itself.
        }
    }

    private Task ReleaseAllAsync() => Task.WhenAll(_assignment.With(all => all.Values.ToArray()).Select(ReleaseAsync));

    /// <summary>Ends the run if the work fails. A cancellation that the run did not ask for is a failure of the program's work too.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "RunAsync throws it.")]
    private async Task WatchAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
        catch (Exception failed)
        {
            _failed.TrySetException(failed);
        }
    }
}
