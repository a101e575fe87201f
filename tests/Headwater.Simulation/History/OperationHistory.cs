using Headwater.Simulation.Service;

namespace Headwater.Simulation.History;

/// <summary>Every request and answer of the clients, ordered by the steps of one clock.</summary>
internal sealed class OperationHistory
{
    public List<AppendAttempt> Appends { get; } = [];

    /// <summary>A <see cref="KeyWindow"/> of none: a key may be forgotten at once. Requests that the log was searched for are still stored once.</summary>
    public static TimeSpan NoWindow => TimeSpan.FromMicroseconds(-1);

    /// <summary>How long a request key is remembered.</summary>
    public TimeSpan KeyWindow { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The appends before which the log was searched for the request, however old it is.</summary>
    public IEnumerable<AppendAttempt> Recalled => Appends.Where(a => a.IsRecalled);

    public List<ReadAttempt> Reads { get; } = [];

    public List<EpochStart> Epochs { get; } = [];

    /// <summary>Each log start that was set, and its step.</summary>
    public List<(PartitionKey Partition, long Start, long Step)> LogStarts { get; } = [];

    /// <summary>Views built from whole partitions.</summary>
    public List<ViewAttempt> Views { get; } = [];

    /// <summary>The tombstone retention of entity streams; null for event streams, which compaction never changes.</summary>
    public TimeSpan? TombstonesKept { get; set; }

    /// <summary>Stream ids and the step at which each stream was deleted.</summary>
    public Dictionary<string, long> Ended { get; } = [];

    /// <summary>Stream ids and the step at which the stream's deletion was answered.</summary>
    public Dictionary<string, long> Closed { get; } = [];
}
