using Headwater.Core.Positions;
using Headwater.Log.Partitions;

namespace Headwater.Log.Read;

/// <summary>
/// Lets readers wait at a partition's end; all readers share one watcher. An append by this process wakes the readers at once. To find appends by other
/// processes, the watcher polls storage: first after 50 ms, then at growing intervals of at most one second. An idle partition costs one read per second with
/// any number of waiters, and nothing without waiters. Each waiter has its own timer, so a poll that hangs makes no wait longer. Thread-safe.
/// </summary>
internal sealed class TailWatcher(OpenPartition partition, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();

    private List<Waiter> _waiters = [];

    private bool _isWatching;

    private bool _isStopped;

    /// <summary>Returns when the log end is greater than <paramref name="end"/>, after <paramref name="wait"/>, or when the watcher stops.</summary>
    /// <exception cref="Ports.StorageException">A poll of storage failed.</exception>
    public async Task WaitAsync(Offset end, TimeSpan wait, CancellationToken cancellation)
    {
        var waiter = new Waiter(end);
        bool begin;
        lock (_gate)
        {
            if (_isStopped)
            {
                return;
            }

            _waiters.Add(waiter);
            begin = !_isWatching;
            _isWatching = true;
        }

        if (begin)
        {
            _ = WatchAsync();
        }

        await using ITimer limit = time.CreateTimer(_ => waiter.Done.TrySetResult(), null, wait, Timeout.InfiniteTimeSpan);
        await using CancellationTokenRegistration registration = cancellation.Register(() => waiter.Done.TrySetCanceled(cancellation));
        await waiter.Done.Task;
    }

    /// <summary>Wakes the readers that wait at an offset below <paramref name="end"/>, the new log end.</summary>
    public void Notify(Offset end) => Settle(w => w.End < end, w => w.Done.TrySetResult());

    /// <summary>Ends every wait, now and later. Call when the process stops.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
        }

        Settle(_ => true, w => w.Done.TrySetResult());
    }

    private async Task WatchAsync()
    {
        TimeSpan pause = FirstPause;
        Offset seen = Offset.Zero;
        while (true)
        {
            await Task.Delay(pause, time);
            if (!AnyWaits())
            {
                return;
            }

            Task<PartitionTail> look = partition.FreshTailAsync(CancellationToken.None);
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
        }
    }

    /// <summary>Forgets the waiters that no longer wait.</summary>
    /// <returns>False if there is no waiter, which ends the polling.</returns>
    private bool AnyWaits()
    {
        lock (_gate)
        {
            _waiters.RemoveAll(w => w.Done.Task.IsCompleted);
            _isWatching = _waiters.Count > 0;
            return _isWatching;
        }
    }

    /// <summary>Removes the chosen waiters in one pass, because an append waits for it, then completes them.</summary>
    private void Settle(Func<Waiter, bool> which, Action<Waiter> how)
    {
        List<Waiter> settled = [];
        lock (_gate)
        {
            if (_waiters.Count == 0)
            {
                return;
            }

            List<Waiter> left = [];
            foreach (Waiter waiter in _waiters)
            {
                (which(waiter) ? settled : left).Add(waiter);
            }

            _waiters = left;
        }

        settled.ForEach(how);
    }

    private sealed record Waiter(Offset End)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
