using Headwater.Log.Model;
using Headwater.Simulation.History;
using Headwater.Simulation.Instances;
using Headwater.Simulation.Scheduling;

namespace Headwater.Simulation.Workload;

/// <summary>State that all clients share.</summary>
internal sealed class ClientContext(Timeline timeline, Fleet fleet, OperationHistory history)
{
    private readonly InstanceClock _clock = new(timeline, fleet.Clients, TimeSpan.Zero);

    private long _events;

    private long _requests;

    private int _running;

    public Timeline Timeline { get; } = timeline;

    public Fleet Fleet { get; } = fleet;

    public OperationHistory History { get; } = history;

    public SimulationPlan Plan => Fleet.Plan;

    /// <summary>The number of client operations that have begun.</summary>
    public int Operations { get; private set; }

    public bool IsStopping { get; private set; }

    public bool AllStopped => _running == 0;

    public IReadOnlyList<StreamName> Streams { get; } = [.. Enumerable.Range(0, fleet.Plan.Streams).Select(i => StreamName.Parse($"s{i}"))];

    public StreamSettings Settings => new()
    {
        Partitions = Plan.Partitions,
        Schema = Plan.HasSchema ? EventValue.Schema : null,
        Codec = Plan.Codec,
        Kind = Plan.IsEntity ? StreamKind.Entity : StreamKind.Event,
        Compaction = new CompactionSettings(null, Plan.TombstoneRetention),
        Retention = Plan.Retention,
    };

    /// <summary>Storage time, in Unix microseconds.</summary>
    public long NowMicros => (InstanceClock.Origin + Timeline.Now).ToUnixTimeMilliseconds() * 1000;

    /// <summary>Storage time.</summary>
    public DateTimeOffset Now => InstanceClock.Origin + Timeline.Now;

    public long NextEvent() => ++_events;

    public long NextRequest() => ++_requests;

    public Task PauseAsync(TimeSpan pause) => Task.Delay(pause, _clock);

    /// <summary>Counts an operation; the last planned operation stops the clients.</summary>
    public long Begin()
    {
        Operations++;
        IsStopping |= Operations >= Plan.Operations;
        return Timeline.NextStep();
    }

    public void Stop() => IsStopping = true;

    /// <summary>Runs a client until it ends.</summary>
    public void Start(string name, Func<Task> client)
    {
        _running++;
        Timeline.Post(Fleet.Clients, _ => _ = RunAsync(name, client), null);
    }

    private async Task RunAsync(string name, Func<Task> client)
    {
        try
        {
            await client();
        }
        catch (Exception problem)
        {
            Timeline.Trace.Write(Timeline, name, $"{problem}");
            Timeline.Fail(problem);
        }

        _running--;
    }
}
