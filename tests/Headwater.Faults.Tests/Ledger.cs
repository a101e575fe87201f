using System.Collections.Concurrent;

namespace Headwater.Faults.Tests;

internal enum Outcome
{
    /// <summary>The answer was 200 with the offset.</summary>
    Acknowledged,

    /// <summary>The answer said that nothing was stored.</summary>
    Refused,

    /// <summary>The answer said that the outcome is unknown, or there was no answer.</summary>
    Unknown,
}

/// <param name="Producer">The producer that sent the event.</param>
/// <param name="Number">The event's number within its producer.</param>
internal readonly record struct EventName(string Producer, long Number);

/// <param name="Outcome">The last outcome that the producer received.</param>
/// <param name="Partition">The partition of an acknowledged event.</param>
/// <param name="Offset">The offset of an acknowledged event; null if the answer to a repeated request no longer contains it.</param>
internal readonly record struct Entry(Outcome Outcome, int Partition, long? Offset);

/// <summary>The outcome that producers received for each event they sent.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<EventName, Entry> _entries = new();

    public IReadOnlyDictionary<EventName, Entry> Entries => _entries;

    public void Write(EventName name, Entry entry) => _entries[name] = entry;
}
