namespace Headwater.Core.Segments;

/// <summary>The frame of a block: its event count and where its stored data is.</summary>
/// <param name="Count">The number of events the block claims, at least 1.</param>
/// <param name="DataStart">The size of the two numbers before the stored data, in bytes.</param>
/// <param name="DataSize">The size of the stored (compressed) data, in bytes.</param>
public readonly record struct BlockFrame(int Count, int DataStart, int DataSize)
{
    /// <summary>The size of the whole block in bytes, including the sync marker.</summary>
    public int Length => DataStart + DataSize + SyncMarker.Size;
}
