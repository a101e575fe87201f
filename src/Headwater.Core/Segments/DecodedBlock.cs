using Headwater.Core.Positions;
using Headwater.Core.Schemas;

namespace Headwater.Core.Segments;

/// <summary>One block as <see cref="BlockDecoder"/> proved it. Holds pooled memory; reading another block into it reuses that.</summary>
public sealed class DecodedBlock : IDisposable
{
    private readonly PooledBuffer _data = new();
    private BlockHead? _head;

    /// <summary>Where in the blob the block begins.</summary>
    public long Position { get; private set; }

    /// <summary>Its bytes in the blob, sync marker included.</summary>
    public int Length { get; private set; }

    /// <summary>The position of the next block.</summary>
    public long End => Position + Length;

    /// <summary>The number of events.</summary>
    public int Count { get; private set; }

    public BatchRecord Batch => Head.Batch;

    public Offset FirstOffset => Head.FirstOffset;

    /// <summary>The append time of the first event.</summary>
    public UnixMicros Appended => Head.Appended;

    /// <summary>The events, uncompressed.</summary>
    public ReadOnlySpan<byte> Data => _data.Written;

    private BlockHead Head => _head ?? throw new InvalidOperationException("No block has been read.");

    /// <summary>Walks the events. What it yields points into this block: it is not to be kept past the next read or Dispose.</summary>
    public EventEnumerator GetEvents(ValueSchema schema) => new(Data, Count, schema, Position);

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
