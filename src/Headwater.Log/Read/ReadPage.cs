using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;

namespace Headwater.Log.Read;

/// <summary>Events in offset order, still encoded. Holds pooled buffers: dispose it.</summary>
public sealed class ReadPage(PartitionRange range, IReadOnlyList<ReadBlock> blocks) : IDisposable
{
    public PartitionRange Range { get; } = range;

    public IReadOnlyList<ReadBlock> Blocks { get; } = blocks;

    public void Dispose()
    {
        foreach (ReadBlock block in Blocks)
        {
            block.Block.Dispose();
        }
    }
}

/// <summary>A checked block and which of its events were asked for.</summary>
/// <param name="Block">CRC verified.</param>
/// <param name="Schema">The schema it was written with.</param>
/// <param name="Deliver">Events outside are skipped by the renderer.</param>
public sealed record ReadBlock(DecodedBlock Block, ValueSchema Schema, OffsetRange Deliver);

/// <param name="Next">Where the next read begins.</param>
/// <param name="LogStart">First offset still there.</param>
/// <param name="LogEnd">Next offset to be assigned; may lag unless nothing was delivered.</param>
public sealed record PartitionRange(Offset Next, Offset LogStart, Offset LogEnd);

/// <summary>Whole stored blocks of one segment, not re-encoded, behind a header without producer state.</summary>
/// <param name="Range">Positions.</param>
/// <param name="First">Offset of the first event in the file; may be before the one asked for.</param>
/// <param name="Header">The container file's header.</param>
/// <param name="Blocks">The stored bytes, checked.</param>
public sealed record RawPage(PartitionRange Range, Offset First, ReadOnlyMemory<byte> Header, ReadOnlyMemory<byte> Blocks);
