using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Log.Segments;

/// <summary>A batch as it stands in a segment.</summary>
/// <param name="Position">First byte of its block.</param>
/// <param name="Length">Bytes of its block, sync marker included.</param>
/// <param name="First">Offset of its first event; the rest follow densely.</param>
/// <param name="Appended">When all its events were appended.</param>
/// <param name="Batch">Its record.</param>
internal readonly record struct StoredBatch(long Position, int Length, Offset First, UnixMicros Appended, BatchRecord Batch)
{
    public static StoredBatch From(DecodedBlock block) => new(block.Position, block.Length, block.FirstOffset, block.Appended, block.Batch);
}
