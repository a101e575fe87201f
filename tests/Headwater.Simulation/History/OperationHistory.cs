using Headwater.Simulation.Service;

namespace Headwater.Simulation.History;

/// <summary>Everything clients asked and were told, in steps of one clock.</summary>
internal sealed class OperationHistory
{
    public List<AppendAttempt> Appends { get; } = [];

    public List<ReadAttempt> Reads { get; } = [];

    public List<EpochStart> Epochs { get; } = [];

    /// <summary>Log starts set, and when.</summary>
    public List<(PartitionKey Partition, long Start, long Step)> LogStarts { get; } = [];

    /// <summary>Views built of whole partitions.</summary>
    public List<ViewAttempt> Views { get; } = [];

    /// <summary>Of entity streams: how long tombstones stay; null for event streams, of which nothing may be missing.</summary>
    public TimeSpan? TombstonesKept { get; set; }

    /// <summary>Stream ids and the step at which each stream was gone.</summary>
    public Dictionary<string, long> Ended { get; } = [];
}
