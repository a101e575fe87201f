namespace Headwater.Simulation.Scheduling;

/// <summary>
/// Virtual time on one thread. Turns that are due at the same moment are taken in an order drawn from the seed, so that every interleaving at an <c>await</c> that threads could produce
/// can be met, and met again.
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

    /// <summary>Since the simulation began.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Counts everything that happens; orders the history.</summary>
    public long Steps { get; private set; }

    /// <summary>Something ended the simulation; the next turn is not taken.</summary>
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
            Fail(new ForeignThreadException()); // Thrown there, it would end the process.
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

    /// <summary>A continuation on a thread of its own would make the run depend on chance that no seed controls.</summary>
    public void RequireOwnThread()
    {
        if (!IsOwnThread)
        {
            var escaped = new ForeignThreadException();
            Fail(escaped);
            throw escaped;
        }
    }

    /// <summary>Ends the simulation with this; the first one counts.</summary>
    public void Fail(Exception problem) => Interlocked.CompareExchange(ref _failure, problem, null);

    /// <summary>Takes turns until <paramref name="isDone"/>, or until the time is up.</summary>
    /// <returns>Whether it was done.</returns>
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

        // A new one each turn: a continuation of an earlier turn then never runs inside this one, but takes a turn of its own.
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

/// <summary>Something ran on a thread of the pool.</summary>
internal sealed class ForeignThreadException() : Exception("A continuation ran outside the simulation's thread: somewhere the log left its synchronisation context.");

/// <summary>A turn ended with an exception nobody caught.</summary>
internal sealed class SimulationFailedException(Exception inner) : Exception(inner.Message, inner);
