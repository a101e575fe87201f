namespace Headwater.Log.Partitions;

/// <summary>
/// Limits the partitions that a process opens at the same time: an open reads up to 16 MiB, and one request can ask for a thousand. The others wait in the
/// order they came. Thread-safe.
/// </summary>
/// <param name="most">Opens at the same time.</param>
internal sealed class OpenSlots(int most = OpenSlots.Most)
{
    private const int Most = 16;

    private readonly Lock _gate = new();

    private readonly Queue<TaskCompletionSource> _waiting = [];

    private int _free = most;

    /// <summary>Opens one partition when a slot is free.</summary>
    public async Task<T> OpenAsync<T>(Func<Task<T>> open)
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
