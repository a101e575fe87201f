namespace Headwater.Simulation.Scheduling;

/// <summary>
/// Virtual time on one thread. The seed determines the order of turns due at the same moment. Every interleaving at an <c>await</c> that threads could produce
/// can therefore occur, and can be replayed.
/// </summary>
internal sealed class Timeline
{
    private readonly PriorityQueue<WorkItem, (long Ticks, ulong Tie)> _due = new();

    private readonly int _thread = Environment.CurrentManagedThreadId;

    private readonly Chance _order;

    private Exception? _failure;

    public Timeline(ulong seed, Trace trace)
    {
        _order = new Chance(seed);
        Trace = trace;
    }

    public Trace Trace { get; }

    /// <summary>Time since the simulation began.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Increases with every occurrence; orders the history.</summary>
    public long Steps { get; private set; }

    /// <summary>The failure that ended the simulation; no further turn runs.</summary>
    public bool HasFailed => Volatile.Read(ref _failure) is not null;

    private bool IsOwnThread => Environment.CurrentManagedThreadId == _thread;

    public long NextStep() => ++Steps;

    public void Post(Party party, SendOrPostCallback work, object? state)
    {
        if (IsOwnThread)
        {
            Enqueue(Now, new WorkItem(party, work, state));
        }
        else
        {
            Fail(new ForeignThreadException()); // An exception thrown on that thread would end the process.
        }
    }

    public void After(TimeSpan delay, Party party, Action work) => Enqueue(Now + delay, new WorkItem(party, static run => ((Action)run!)(), work));

    public void After(TimeSpan delay, Party party, SendOrPostCallback work, object? state) => Enqueue(Now + delay, new WorkItem(party, work, state));

    public void Thaw(Party party)
    {
        foreach (WorkItem item in party.Thaw())
        {
            Enqueue(Now, item);
        }
    }

    /// <summary>A continuation on another thread would make the run depend on scheduling that the seed does not control.</summary>
    public void RequireOwnThread()
    {
        if (!IsOwnThread)
        {
            var escaped = new ForeignThreadException();
            Fail(escaped);
            throw escaped;
        }
    }

    /// <summary>Ends the simulation with an exception; the first one wins.</summary>
    public void Fail(Exception problem) => Interlocked.CompareExchange(ref _failure, problem, null);

    /// <summary>Runs turns until <paramref name="isDone"/> is true or the time limit is reached.</summary>
    /// <returns>Whether <paramref name="isDone"/> became true.</returns>
    public bool Run(Func<bool> isDone, TimeSpan limit)
    {
        TimeSpan end = Now + limit;
        while (!isDone())
        {
            ThrowIfFailed();
            if (!_due.TryPeek(out _, out var next) || next.Ticks > end.Ticks)
            {
                return false;
            }

            WorkItem item = _due.Dequeue();
            Now = TimeSpan.FromTicks(next.Ticks);
            Take(item);
        }

        ThrowIfFailed();
        return true;
    }

    private void ThrowIfFailed()
    {
        if (Volatile.Read(ref _failure) is { } failure)
        {
            throw new SimulationFailedException(failure);
        }
    }

    private void Enqueue(TimeSpan at, WorkItem item)
    {
        RequireOwnThread();
        _due.Enqueue(item, (at.Ticks, _order.Word()));
    }

    private void Take(WorkItem item)
    {
        if (item.Party.IsDead)
        {
            return;
        }

        if (item.Party.IsFrozen)
        {
            item.Party.Hold(item);
            return;
        }

        SynchronizationContext? before = SynchronizationContext.Current;

        // Each turn has a new context. A continuation of an earlier turn then never runs inside this one, but in a turn of its own.
        SynchronizationContext.SetSynchronizationContext(new PartyContext(this, item.Party));
        try
        {
            item.Work(item.State);
        }
        catch (Exception problem)
        {
            Fail(problem);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }
}

/// <summary>A continuation ran on a thread-pool thread.</summary>
internal sealed class ForeignThreadException()
    : Exception("A continuation ran outside the simulation's thread: somewhere the log left its synchronisation context.");

/// <summary>A turn ended with an unhandled exception.</summary>
internal sealed class SimulationFailedException(Exception inner) : Exception(inner.Message, inner);
