namespace Headwater.Core.Segments;

/// <summary>The outside of a block.</summary>
/// <param name="Count">The number of events it claims, at least 1.</param>
/// <param name="DataStart">Bytes before the stored data: the two numbers.</param>
/// <param name="DataSize">Bytes of the stored (compressed) data.</param>
public readonly record struct BlockFrame(int Count, int DataStart, int DataSize)
{
    /// <summary>All of the block's bytes, sync marker included.</summary>
    public int Length => DataStart + DataSize + SyncMarker.Size;
}
