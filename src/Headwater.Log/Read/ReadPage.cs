using Headwater.Core.Memory;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;

namespace Headwater.Log.Read;

/// <summary>A page of events in offset order, still encoded. Holds pooled buffers: dispose it.</summary>
/// <param name="range">The page's positions.</param>
/// <param name="blocks">The blocks in offset order, owned by the page; empty if nothing is there.</param>
/// <param name="text">Charged for the text of the largest event, owned by the page.</param>
public sealed class ReadPage(PartitionRange range, IReadOnlyList<ReadBlock> blocks, TextReserve text) : IDisposable
{
    /// <summary>Where the next read begins, and the partition's log start and end.</summary>
    public PartitionRange Range { get; } = range;

    /// <summary>The blocks in offset order. Read them only until the page is disposed.</summary>
    public IReadOnlyList<ReadBlock> Blocks { get; } = blocks;

    /// <summary>Bytes that are charged for the text of the largest event: 0 if <see cref="EventText.FreeBytes"/> are enough.</summary>
    public int TextBytes => text.Bytes;

    /// <summary>Returns the pooled buffers of all blocks.</summary>
    public void Dispose()
    {
        foreach (ReadBlock block in Blocks)
        {
            block.Block.Dispose();
        }

        text.Dispose();
    }
}

/// <summary>Memory charged for text.</summary>
/// <param name="Budget">What is charged.</param>
/// <param name="Bytes">How much.</param>
public readonly record struct TextReserve(IMemoryBudget Budget, int Bytes) : IDisposable
{
    /// <summary>Returns the bytes; call it once.</summary>
    public void Dispose() => Budget.GiveBack(Bytes);
}

/// <summary>A block and the range of its events that the read returns.</summary>
/// <param name="Block">The decoded block; its CRC was verified.</param>
/// <param name="Schema">The schema that the events were written with.</param>
/// <param name="Deliver">The renderer skips events outside this range.</param>
public sealed record ReadBlock(DecodedBlock Block, ValueSchema Schema, OffsetRange Deliver);

/// <summary>Positions after a read.</summary>
/// <param name="Next">The offset at which the next read begins.</param>
/// <param name="LogStart">The log start offset: lower offsets are deleted.</param>
/// <param name="LogEnd">The log end offset as this process knows it. May lag behind storage, except for an empty page.</param>
/// <param name="IsWaitRefused">Whether the read did not wait for an event, because too many others do.</param>
public sealed record PartitionRange(Offset Next, Offset LogStart, Offset LogEnd, bool IsWaitRefused = false);

/// <summary>
/// Whole stored blocks of one segment, not re-encoded. Header and blocks together are an Avro container file. Holds a pooled buffer: dispose it.
/// </summary>
public sealed class RawPage : IDisposable
{
    private readonly PooledBuffer _blocks;

    internal RawPage(PartitionRange range, Offset first, ReadOnlyMemory<byte> header, PooledBuffer blocks)
    {
        Range = range;
        First = first;
        Header = header;
        _blocks = blocks;
    }

    /// <summary>The page's positions.</summary>
    public PartitionRange Range { get; }

    /// <summary>Offset of the first event in the file; may be before the requested offset.</summary>
    public Offset First { get; }

    /// <summary>The container file's header, without the segment's producer state.</summary>
    public ReadOnlyMemory<byte> Header { get; }

    /// <summary>The stored bytes of the blocks; their CRCs were verified. Empty after disposal.</summary>
    public ReadOnlyMemory<byte> Blocks => _blocks.WrittenMemory;

    /// <inheritdoc/>
    public void Dispose() => _blocks.Dispose();
}
