using Headwater.Core.Positions;
using Headwater.Log.Partitions;

namespace Headwater.Log.Read;

/// <summary>
/// Lets readers wait at a partition's end; all readers share one watcher. An append by this process wakes the readers at once. To find appends by other
/// processes, the watcher polls storage: first after 50 ms, then at growing intervals of at most one second. An idle partition costs one read per second with
/// any number of waiters, and nothing without waiters.
/// </summary>
internal sealed class TailWatcher(OpenPartition partition, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();

    private readonly List<Waiter> _waiters = [];

    private bool _isWatching;

    private ITimer? _nap;

    private long _napSince;

    private TimeSpan _napLength;

    /// <summary>Returns when the log end is greater than <paramref name="end"/>, or after <paramref name="wait"/>.</summary>
    /// <exception cref="Ports.StorageException">A poll of storage failed.</exception>
    public async Task WaitAsync(Offset end, TimeSpan wait, CancellationToken cancellation)
    {
        var waiter = new Waiter(end, time.GetTimestamp(), wait);
        bool begin;
        lock (_gate)
        {
            _waiters.Add(waiter);
            ShortenNap(wait);
            begin = !_isWatching;
            _isWatching = true;
        }

        if (begin)
        {
            _ = WatchAsync();
        }

        await using CancellationTokenRegistration registration = cancellation.Register(() => waiter.Done.TrySetCanceled(cancellation));
        await waiter.Done.Task;
    }

    /// <summary>Wakes the readers that wait at an offset below <paramref name="end"/>, the new log end.</summary>
    public void Notify(Offset end) => Settle(w => w.End < end, w => w.Done.TrySetResult());

    private async Task WatchAsync()
    {
        TimeSpan pause = FirstPause;
        Offset seen = Offset.Zero;
        while (NextDeadline() is { } deadline)
        {
            Task<PartitionTail> look = LookAsync(deadline < pause ? deadline : pause);
            await ((Task)look).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
            if (look.Exception?.InnerException is { } problem)
            {
                Settle(_ => true, w => w.Done.TrySetException(problem));
                continue;
            }

            Offset end = (await look).Position.Next;
            pause = end > seen ? FirstPause : TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, pause.Ticks * 3 / 2));
            seen = end;
            Notify(end);
            Settle(w => Left(w) <= TimeSpan.Zero, w => w.Done.TrySetResult());
        }
    }

    private async Task<PartitionTail> LookAsync(TimeSpan pause)
    {
        var over = new TaskCompletionSource();
        await using ITimer nap = time.CreateTimer(_ => over.TrySetResult(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (_gate)
        {
            _nap = nap;
            SetNap(pause);
        }

        await over.Task;
        return await partition.FreshTailAsync(CancellationToken.None);
    }

    /// <summary>Brings the next poll forward for a new waiter that times out before it.</summary>
    private void ShortenNap(TimeSpan wait)
    {
        if (_nap is not null && wait < _napLength - time.GetElapsedTime(_napSince))
        {
            SetNap(wait);
        }
    }

    private void SetNap(TimeSpan length)
    {
        _napSince = time.GetTimestamp();
        _napLength = length;
        _nap!.Change(length, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Time until the first waiter times out; null if there is no waiter, which ends the polling.</summary>
    private TimeSpan? NextDeadline()
    {
        lock (_gate)
        {
            _waiters.RemoveAll(w => w.Done.Task.IsCompleted);
            if (_waiters.Count == 0)
            {
                _isWatching = false;
                return null;
            }

            TimeSpan least = _waiters.Min(Left);
            return least > TimeSpan.Zero ? least : TimeSpan.Zero;
        }
    }

    private void Settle(Func<Waiter, bool> which, Action<Waiter> how)
    {
        List<Waiter> settled;
        lock (_gate)
        {
            settled = [.. _waiters.Where(which)];
            _waiters.RemoveAll(settled.Contains);
        }

        settled.ForEach(how);
    }

    private TimeSpan Left(Waiter waiter) => waiter.Wait - time.GetElapsedTime(waiter.Since);

    private sealed record Waiter(Offset End, long Since, TimeSpan Wait)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
