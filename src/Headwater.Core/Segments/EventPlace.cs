using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>A place between two events of a block. A later enumeration continues there, because an enumerator cannot outlive an asynchronous call.</summary>
/// <param name="Read">The number of events before the place.</param>
/// <param name="Position">The byte in the block's data.</param>
/// <param name="Offset">The offset of the event before the place; undefined at the beginning.</param>
/// <param name="Appended">The append time of the event before the place; undefined at the beginning.</param>
public readonly record struct EventPlace(int Read, int Position, Offset Offset, UnixMicros Appended);
