using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>The place of one block, which a reader can use without reading earlier blocks.</summary>
/// <param name="Offset">The offset of the block's first event.</param>
/// <param name="Appended">The append time of the block's first event.</param>
/// <param name="Position">The position of the block's first byte in the blob.</param>
public readonly record struct IndexEntry(Offset Offset, UnixMicros Appended, long Position);
