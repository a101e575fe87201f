using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>A block that can be found without reading the ones before it.</summary>
/// <param name="Offset">Of its first event.</param>
/// <param name="Appended">Of its first event.</param>
/// <param name="Position">Where in the blob it begins.</param>
public readonly record struct IndexEntry(Offset Offset, UnixMicros Appended, long Position);
