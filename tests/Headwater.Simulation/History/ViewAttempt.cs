namespace Headwater.Simulation.History;

/// <summary>A partition read from its beginning to its end, to know each key's latest event.</summary>
/// <param name="StreamId">Of the stream read.</param>
/// <param name="Partition">Of it.</param>
/// <param name="Offsets">Delivered, in order.</param>
/// <param name="Next">Where it ended.</param>
/// <param name="LogStart">The highest answered: pages come from instances that know of retention sooner or later.</param>
/// <param name="Returned">Step of the last answer.</param>
/// <param name="Took">From the first question to the last answer.</param>
internal sealed record ViewAttempt(string StreamId, int Partition, IReadOnlyList<long> Offsets, long Next, long LogStart, long Returned, TimeSpan Took);
