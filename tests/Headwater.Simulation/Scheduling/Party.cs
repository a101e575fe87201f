namespace Headwater.Simulation.Scheduling;

/// <summary>
/// A participant on the timeline: an instance, the storage service, or the clients. The turns of a frozen party wait; a dead party takes no turns.
/// </summary>
internal sealed class Party(string name)
{
    private readonly List<WorkItem> _held = [];

    public string Name { get; } = name;

    public bool IsFrozen { get; private set; }

    public bool IsDead { get; private set; }

    public void Freeze() => IsFrozen = true;

    /// <summary>The turns that were held back while the party was frozen.</summary>
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

/// <summary>One turn: a callback and the party that runs it.</summary>
internal readonly record struct WorkItem(Party Party, SendOrPostCallback Work, object? State);
