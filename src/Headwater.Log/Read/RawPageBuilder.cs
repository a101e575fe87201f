using System.Buffers;
using Headwater.Core.Memory;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>Gathers whole stored blocks of one segment until a request's limits are reached. Takes at least one block, even if it exceeds the limits.</summary>
internal sealed class RawPageBuilder(ReadRequest request, FoundStart start, IMemoryBudget budget) : IDisposable
{
    private readonly PooledBuffer _blocks = new(budget: budget);

    private SegmentHeader? _header;

    private Offset? _first;

    private readonly Offset _start = start.Offset;

    private Offset _next = start.Offset;

    private int _events;

    /// <summary>The offset from which to look for blocks. While the page is empty, it moves past segments without remaining events.</summary>
    public Offset Start => IsEmpty ? _next : _start;

    public bool IsEmpty => _first is null;

    public void Begin(SegmentHeader header) => _header = header;

    /// <returns>False if the block would exceed the limits.</returns>
    public bool TryAdd(ScannedBlock scanned, Offset end)
    {
        if (_first is not null && (_events + scanned.Block.Count > request.MaxEvents || _blocks.Length + scanned.Stored.Length > request.MaxBytes))
        {
            return false;
        }

        _blocks.Write(scanned.Stored.Span);
        _first ??= scanned.Block.FirstOffset;
        _next = end;
        _events += scanned.Block.Count;
        return true;
    }

    /// <summary>The segment has no more events: the next read begins in the next segment.</summary>
    public void ReachedEndOf(Offset visibleEnd) => _next = visibleEnd == Offset.Max || visibleEnd < _next ? _next : visibleEnd;

    /// <summary>Returns the memory to the pool; not to be called after <see cref="Build"/>.</summary>
    public void Dispose() => _blocks.Dispose();

    /// <summary>The page, which owns the blocks from then on.</summary>
    public RawPage Build(StreamDescription stream, TailPosition tail)
    {
        // A segment without appends has no header yet. The substitute's sync marker is arbitrary, because no block follows.
        SegmentHeader header = _header ?? SegmentCreator.Header(stream, request.Partition, Start, new NoBlocksToSeparate());
        var bytes = new ArrayBufferWriter<byte>();
        header.WithoutProducers().WriteTo(bytes);
        var range = new PartitionRange(_next, stream.LogStart(request.Partition), tail.Next > _next ? tail.Next : _next, start.IsWaitRefused && IsEmpty);
        return new RawPage(range, _first ?? _next, bytes.WrittenMemory, _blocks);
    }

    private sealed class NoBlocksToSeparate : Ports.Randomness
    {
        public override void Fill(Span<byte> bytes) => bytes.Clear();
    }
}
