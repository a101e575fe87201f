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

    /// <summary>Stream ids and the step at which each stream was gone.</summary>
    public Dictionary<string, long> Ended { get; } = [];
}
