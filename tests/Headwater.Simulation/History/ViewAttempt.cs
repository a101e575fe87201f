namespace Headwater.Simulation.History;

/// <summary>One read of a partition from start to end, to find each key's latest event.</summary>
/// <param name="StreamId">The stream's id.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Offsets">The delivered offsets, in order.</param>
/// <param name="Next">The offset after the last event read.</param>
/// <param name="LogStart">The highest log start in the answers: instances learn of retention at different times.</param>
/// <param name="Returned">The step of the last answer.</param>
/// <param name="Took">The time from the first request to the last answer.</param>
internal sealed record ViewAttempt(string StreamId, int Partition, IReadOnlyList<long> Offsets, long Next, long LogStart, long Returned, TimeSpan Took);
