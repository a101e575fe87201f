using System.Collections.Concurrent;

namespace Headwater.Faults.Tests;

internal enum Outcome
{
    /// <summary>Answered 200 with its offset.</summary>
    Acknowledged,

    /// <summary>Answered that nothing was stored.</summary>
    Refused,

    /// <summary>Answered that it is not known, or not answered at all.</summary>
    Unknown,
}

/// <param name="Producer">Who sent it.</param>
/// <param name="Number">Which of its events.</param>
internal readonly record struct EventName(string Producer, long Number);

/// <param name="Outcome">What the producer was told last.</param>
/// <param name="Partition">Of an acknowledged event.</param>
/// <param name="Offset">Of an acknowledged event, unless its repeat was too old to say.</param>
internal readonly record struct Entry(Outcome Outcome, int Partition, long? Offset);

/// <summary>What producers were told about each event they sent.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<EventName, Entry> _entries = new();

    public IReadOnlyDictionary<EventName, Entry> Entries => _entries;

    public void Write(EventName name, Entry entry) => _entries[name] = entry;
}
