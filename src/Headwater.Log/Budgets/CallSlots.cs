namespace Headwater.Log.Budgets;

/// <summary>
/// Limits the large operations of a process that run at the same time: opens of partitions, of which each reads up to 16 MiB and one request can ask for a
/// thousand, and large reads. The others wait in order. Thread-safe.
/// </summary>
/// <param name="most">Operations at the same time.</param>
internal sealed class CallSlots(int most = CallSlots.Most)
{
    private const int Most = 16;

    private readonly Lock _gate = new();

    private readonly Queue<TaskCompletionSource> _waiting = [];

    private int _free = most;

    /// <summary>Runs one operation when a slot is free.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> open)
    {
        await EnterAsync();
        try
        {
            return await open();
        }
        finally
        {
            Leave();
        }
    }

    private Task EnterAsync()
    {
        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return Task.CompletedTask;
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
            return turn.Task;
        }
    }

    private void Leave()
    {
        TaskCompletionSource? next;
        lock (_gate)
        {
            if (!_waiting.TryDequeue(out next))
            {
                _free++;
            }
        }

        next?.SetResult();
    }
}
