using Headwater.Log;
using Headwater.Simulation.Scheduling;
using Headwater.Simulation.Service;

namespace Headwater.Simulation.Instances;

/// <summary>Starts, kills, freezes and restarts the instances. A client's request reaches any running instance.</summary>
internal sealed class Fleet
{
    private readonly Chance _chance;

    private readonly SimulatedInstance[] _slots;

    private readonly int[] _generations;

    public Fleet(Timeline timeline, StorageService service, SimulationPlan plan, Chance chance)
    {
        Timeline = timeline;
        Service = service;
        Plan = plan;
        Faults = plan.Faults;
        _chance = chance;
        _generations = new int[plan.Instances];
        _slots = new SimulatedInstance[plan.Instances];
        CrashAt = (_, _) => chance.Happens(Faults.Crash) ? (CrashMoment)chance.Between(1, 3) : CrashMoment.Never;
        for (int i = 0; i < _slots.Length; i++)
        {
            Start(i);
        }
    }

    public Timeline Timeline { get; }

    public StorageService Service { get; }

    public SimulationPlan Plan { get; }

    public FaultProfile Faults { get; private set; }

    /// <summary>Whether all faults have ended.</summary>
    public bool IsHealed { get; private set; }

    public Party Clients { get; } = new("clients");

    /// <summary>Whether an instance dies at a storage call.</summary>
    public Func<SimulatedInstance, CallKind, CrashMoment> CrashAt { get; set; }

    public IReadOnlyList<SimulatedInstance> Slots => _slots;

    /// <summary>Sends work to an instance; the clients receive the answer.</summary>
    public Task<T> CallAsync<T>(SimulatedInstance instance, Func<EventLog, CancellationToken, Task<T>> work, TimeSpan patience) =>
        new InstanceCall<T>(Timeline, Clients, instance).SendAsync(work, patience);

    /// <summary>Chooses any instance; a client cannot know which one is frozen.</summary>
    public SimulatedInstance Any() => _slots[_chance.Below(_slots.Length)];

    public void Restart(int slot)
    {
        _slots[slot].Crash();
        Start(slot);
    }

    /// <summary>Ends all faults: resumes frozen instances and replaces dead ones.</summary>
    public void Heal()
    {
        IsHealed = true;
        Faults = FaultProfile.Calm;
        Service.Recover();
        for (int i = 0; i < _slots.Length; i++)
        {
            _slots[i].Connection.Faults = Faults;
            _slots[i].WakeUp(clockStoodStill: false);
            if (_slots[i].Party.IsDead)
            {
                Start(i);
            }
        }
    }

    private void Start(int slot) => _slots[slot] = new SimulatedInstance($"i{slot}.{_generations[slot]++}", this, new Chance(_chance.Word()));
}
