using Headwater.Simulation.Checking;
using Headwater.Simulation.Scheduling;

namespace Headwater.Simulation.Groups;

/// <summary>
/// The partitions that each process believes it holds: from an answer until the process gives the partition up, or its session ends by its own clock.
/// </summary>
internal sealed class OwnershipLedger(Timeline timeline)
{
    private readonly Dictionary<(string Process, int Partition), TimeSpan> _until = [];

    /// <summary>A process starts or continues work on a partition.</summary>
    public void Own(string process, int partition, TimeSpan until)
    {
        if (Other(process, partition) is { } other)
        {
            throw new ViolationException(
                ViolationKind.OwnedTwice,
                $"{process} works on partition {partition}, which {other} works on until {_until[(other, partition)]}; now {timeline.Now}");
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

    /// <summary>Another process that currently works on the partition.</summary>
    public string? Other(string process, int partition) => Owners(partition).FirstOrDefault(o => o != process);

    public IReadOnlyList<string> Owners(int partition) =>
        [.. _until.Where(u => u.Key.Partition == partition && u.Value > timeline.Now).Select(u => u.Key.Process)];
}
