namespace Headwater.Log.Partitions;

/// <summary>
/// Runs one call for all callers that wait for it. A caller never gets the result of a call that began before its own: it joins the call that begins when the
/// running one ends. N callers at once therefore cost at most two calls. Thread-safe.
/// </summary>
internal sealed class SharedCall<T>(Func<Task<T>> call)
{
    private readonly Lock _gate = new();

    private Task<T>? _running;

    private Task<T>? _next;

    /// <param name="cancellation">Stops waiting; the call goes on for the others.</param>
    public Task<T> RunAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_running is not null)
            {
                return (_next ??= AfterAsync(_running)).WaitAsync(cancellation);
            }

            Task<T> begun = BeginAsync();
            _running = begun.IsCompleted ? null : begun;
            return begun.WaitAsync(cancellation);
        }
    }

    private async Task<T> AfterAsync(Task<T> running)
    {
        await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        return await BeginAsync();
    }

    private async Task<T> BeginAsync()
    {
        try
        {
            return await call();
        }
        finally
        {
            lock (_gate)
            {
                (_running, _next) = (_next, null);
            }
        }
    }
}
