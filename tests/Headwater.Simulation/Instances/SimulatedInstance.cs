using Headwater.Log;
using Headwater.Log.Ports;
using Headwater.Simulation.Scheduling;
using Headwater.Simulation.Service;
using Headwater.Testing;

namespace Headwater.Simulation.Instances;

/// <summary>One process: a new log without cached state, with its own clocks, randomness and storage connection.</summary>
internal sealed class SimulatedInstance
{
    private readonly List<IInstanceCall> _calls = [];

    private readonly Timeline _timeline;

    private readonly InstanceClock _clock;

    private TimeSpan _frozenAt;

    public SimulatedInstance(string name, Fleet fleet, Chance chance)
    {
        _timeline = fleet.Timeline;
        Party = new Party(name);
        _clock = new InstanceClock(_timeline, Party, fleet.Plan.Skew(chance));
        var connection = new StorageConnection(_timeline, fleet.Service, Party, fleet.Plan.CallTimeout)
        {
            Chance = chance,
            Faults = fleet.Faults,
            CrashAt = kind => fleet.CrashAt(this, kind),
            Crash = Crash,
        };
        Connection = connection;
        var ports = new LogPorts(
            new ConnectedBlobs(connection, fleet.Service, chance), new ConnectedTables(connection, fleet.Service), _clock, new SeededRandomness(chance.Word()));
        Log = new EventLog(ports, fleet.Plan.Options);
    }

    public Party Party { get; }

    public EventLog Log { get; }

    public StorageConnection Connection { get; }

    public bool IsUp => !Party.IsDead && !Party.IsFrozen;

    public void Began(IInstanceCall call) => _calls.Add(call);

    public void Ended(IInstanceCall call) => _calls.Remove(call);

    /// <summary>Kills the instance: nothing of it runs, but calls that it sent may still arrive.</summary>
    public void Crash()
    {
        if (Party.IsDead)
        {
            return;
        }

        _timeline.Trace.Write(_timeline, Party.Name, $"crashes");
        Party.Die();
        _calls.ForEach(call => call.ConnectionLost());
        _calls.Clear();
    }

    public void Freeze()
    {
        _timeline.Trace.Write(_timeline, Party.Name, $"freezes");
        Party.Freeze();
        _frozenAt = _timeline.Now;
    }

    /// <summary>No effect if the instance was resumed or killed since.</summary>
    public void WakeUp(bool clockStoodStill)
    {
        if (!Party.IsFrozen || Party.IsDead)
        {
            return;
        }

        _timeline.Trace.Write(_timeline, Party.Name, $"wakes up");
        if (clockStoodStill)
        {
            _clock.StandStill(_timeline.Now - _frozenAt);
        }

        _timeline.Thaw(Party);
    }
}
