using Headwater.Core.Positions;

namespace Headwater.Log.Partitions;

/// <summary>A sealed segment that the tail has read to its end.</summary>
/// <param name="Base">Its base offset.</param>
/// <param name="End">The offset after its last event, which is the base of the next segment.</param>
/// <param name="Length">Its bytes.</param>
internal readonly record struct PassedSegment(Offset Base, Offset End, long Length);
