using Headwater.Simulation.Service;

namespace Headwater.Simulation.History;

/// <summary>Every request and answer of the clients, ordered by the steps of one clock.</summary>
internal sealed class OperationHistory
{
    public List<AppendAttempt> Appends { get; } = [];

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
