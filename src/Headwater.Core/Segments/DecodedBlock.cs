using Headwater.Core.Memory;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;

namespace Headwater.Core.Segments;

/// <summary>
/// One block that <see cref="BlockDecoder"/> has verified, in pooled memory that the next read into this object reuses. Before the first
/// read, <see cref="Batch"/>, <see cref="FirstOffset"/> and <see cref="Appended"/> throw <see cref="InvalidOperationException"/>.
/// </summary>
public sealed class DecodedBlock : IDisposable
{
    private readonly PooledBuffer _data;
    private BlockHead? _head;

    /// <summary>Creates an object that holds no block yet.</summary>
    /// <param name="budget">Charged for the decompressed block until this is disposed. Null: not charged.</param>
    public DecodedBlock(IMemoryBudget? budget = null) => _data = new PooledBuffer(budget: budget);

    /// <summary>The position of the block's first byte in the blob.</summary>
    public long Position { get; private set; }

    /// <summary>The size of the block in the blob in bytes, including the sync marker.</summary>
    public int Length { get; private set; }

    /// <summary>The position of the next block.</summary>
    public long End => Position + Length;

    /// <summary>The number of events.</summary>
    public int Count { get; private set; }

    /// <summary>The batch record.</summary>
    public BatchRecord Batch => Head.Batch;

    /// <summary>The offset of the first event.</summary>
    public Offset FirstOffset => Head.FirstOffset;

    /// <summary>The append time of the first event.</summary>
    public UnixMicros Appended => Head.Appended;

    /// <summary>The uncompressed events; valid until the next read into this object or <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Data => _data.Written;

    /// <summary>The bytes of memory that this holds, whatever the block at hand takes of them.</summary>
    public int Capacity => _data.Capacity;

    private BlockHead Head => _head ?? throw new InvalidOperationException("No block has been read into this object.");

    /// <summary>Decodes and checks the events one by one. They point into this block: do not use them after the next read or <see cref="Dispose"/>.</summary>
    /// <param name="schema">The segment's schema.</param>
    public EventEnumerator GetEvents(ValueSchema schema) => GetEvents(schema, default);

    /// <inheritdoc cref="GetEvents(ValueSchema)"/>
    /// <param name="schema">The segment's schema.</param>
    /// <param name="from">The <see cref="EventEnumerator.Place"/> of an earlier enumeration of this block.</param>
    public EventEnumerator GetEvents(ValueSchema schema, EventPlace from) => new(Data, Count, schema, Position, from);

    /// <summary>Returns the memory to the pool.</summary>
    public void Dispose()
    {
        Reset();
        _data.Dispose();
    }

    internal PooledBuffer Reset()
    {
        _data.Truncate(0);
        _head = null;
        Count = 0;
        Length = 0;
        Position = 0;
        return _data;
    }

    internal void Accept(long position, BlockFrame frame, BlockHead head)
    {
        Position = position;
        Length = frame.Length;
        Count = frame.Count;
        _head = head;
    }
}
