namespace Headwater.Client;

/// <summary>Stops a run between two batches, and moves it to positions. Disposing it lets the run go on. A run has one hold at a time.</summary>
/// <param name="ended">Completes when the run ends.</param>
internal sealed class Hold(Task ended) : IDisposable
{
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource<ViewPositions?> _target = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the run has stopped.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>Where the run should go; null: on, as before the hold.</summary>
    public Task<ViewPositions?> Target => _target.Task;

    public Task Released => _released.Task;

    public void Stop() => _stopped.TrySetResult();

    public void Arrive() => _arrived.TrySetResult();

    /// <summary>The run goes on without having arrived.</summary>
    public void GiveUp(Exception reason) => _arrived.TrySetException(reason);

    /// <summary>Lets the run apply the events before the target and no other, and waits until it has.</summary>
    public Task AdvanceAsync(ViewPositions target, CancellationToken cancellation)
    {
        _target.TrySetResult(target);
        return UntilAsync(_arrived.Task, cancellation);
    }

    /// <summary>Waits for the run to do something; fails as the run does.</summary>
    public async Task UntilAsync(Task done, CancellationToken cancellation)
    {
        await await Task.WhenAny(done, ended).WaitAsync(cancellation);
        ObjectDisposedException.ThrowIf(!done.IsCompleted, this);
    }

    public void Dispose()
    {
        _target.TrySetResult(null);
        _released.TrySetResult();
    }
}
