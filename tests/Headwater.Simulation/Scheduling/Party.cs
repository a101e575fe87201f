namespace Headwater.Simulation.Scheduling;

/// <summary>Something that takes turns on the timeline: an instance, the storage service, the clients. What a frozen one should have done waits; a dead one does nothing any more.</summary>
internal sealed class Party(string name)
{
    private readonly List<WorkItem> _held = [];

    public string Name { get; } = name;

    public bool IsFrozen { get; private set; }

    public bool IsDead { get; private set; }

    public void Freeze() => IsFrozen = true;

    /// <summary>What has been held back, now due.</summary>
    public IReadOnlyList<WorkItem> Thaw()
    {
        IsFrozen = false;
        WorkItem[] due = [.. _held];
        _held.Clear();
        return due;
    }

    public void Die()
    {
        IsDead = true;
        _held.Clear();
    }

    public void Hold(WorkItem item) => _held.Add(item);
}

/// <summary>A turn: what to call, and for whom.</summary>
internal readonly record struct WorkItem(Party Party, SendOrPostCallback Work, object? State);
