using Headwater.Simulation.Checking;
using Headwater.Simulation.Scheduling;

namespace Headwater.Simulation.Groups;

/// <summary>Who works on which partition, as the processes themselves believe: from an answer on, until they give it up or their session ends by their own clocks.</summary>
internal sealed class OwnershipLedger(Timeline timeline)
{
    private readonly Dictionary<(string Process, int Partition), TimeSpan> _until = [];

    /// <summary>A process takes up a partition, or goes on with it.</summary>
    public void Own(string process, int partition, TimeSpan until)
    {
        if (Other(process, partition) is { } other)
        {
            throw new ViolationException(ViolationKind.OwnedTwice, $"{process} works on partition {partition}, which {other} works on until {_until[(other, partition)]}; now {timeline.Now}");
        }

        _until[(process, partition)] = until;
    }

    public void End(string process, int partition) => _until.Remove((process, partition));

    public void EndAll(string process)
    {
        foreach ((string Process, int Partition) key in _until.Keys.Where(k => k.Process == process).ToArray())
        {
            _until.Remove(key);
        }
    }

    /// <summary>Another process that works there now.</summary>
    public string? Other(string process, int partition) => Owners(partition).FirstOrDefault(o => o != process);

    public IReadOnlyList<string> Owners(int partition) => [.. _until.Where(u => u.Key.Partition == partition && u.Value > timeline.Now).Select(u => u.Key.Process)];
}
