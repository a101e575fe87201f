using System.Runtime.ExceptionServices;

namespace Headwater.Testing;

/// <summary>
/// Runs a scenario on one thread, so that every run is the same: continuations run one at a time in the order in which they become ready. Time jumps to
/// the next timer only when no continuation is ready. A continuation on another thread is a defect in the code under test.
/// </summary>
public sealed class TurnLoop(VirtualTime time) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();
    private readonly Queue<TaskCompletionSource> _quiet = new();
    private readonly Thread _thread = Thread.CurrentThread;
    private string? _trespass;

    /// <summary>Completes when no continuation is ready: everything left waits for time to pass or for a held call to be released.</summary>
    public Task QuietAsync()
    {
        var quiet = new TaskCompletionSource();
        _quiet.Enqueue(quiet);
        return quiet.Task;
    }

    /// <exception cref="InvalidOperationException">The scenario waits for something that can never happen, or it left its thread.</exception>
    public void Run(Func<Task> scenario)
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        try
        {
            Task running = scenario();
            while (!running.IsCompleted)
            {
                Turn();
            }

            if (running.Exception?.InnerException is { } problem)
            {
                ExceptionDispatchInfo.Throw(problem);
            }
        }
        finally
        {
            SetSynchronizationContext(before);
        }

        if (_trespass is not null)
        {
            throw new InvalidOperationException($"The code under test continued on another thread: {_trespass}");
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_ready)
        {
            _trespass ??= Thread.CurrentThread == _thread ? null : Environment.StackTrace;
            _ready.Enqueue((d, state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    private void Turn()
    {
        if (TryTake() is { } next)
        {
            next.Callback(next.State);
        }
        else if (_quiet.TryDequeue(out TaskCompletionSource? quiet))
        {
            quiet.SetResult();
        }
        else if (!time.TryJump())
        {
            throw new InvalidOperationException(_trespass ?? "The scenario is stuck: it still waits, but no continuation is ready and no timer is set.");
        }
    }

    private (SendOrPostCallback Callback, object? State)? TryTake()
    {
        lock (_ready)
        {
            return _ready.TryDequeue(out (SendOrPostCallback Callback, object? State) next) ? next : null;
        }
    }
}
