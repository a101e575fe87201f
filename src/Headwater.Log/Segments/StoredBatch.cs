using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Log.Segments;

/// <summary>A batch that is stored in a segment of generation 0, as one block.</summary>
/// <param name="Position">Position of the block's first byte in the blob.</param>
/// <param name="Length">Bytes of the block, sync marker included.</param>
/// <param name="First">Offset of the first event. The offsets of the others follow without gaps.</param>
/// <param name="Appended">The append time of all its events.</param>
/// <param name="Batch">The batch record.</param>
internal readonly record struct StoredBatch(long Position, int Length, Offset First, UnixMicros Appended, BatchRecord Batch)
{
    public static StoredBatch From(DecodedBlock block) => new(block.Position, block.Length, block.FirstOffset, block.Appended, block.Batch);
}
