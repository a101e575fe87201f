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

    private RawBlock? _last;

    private Confirmed _confirmed;

    private readonly Offset _start = start.Offset;

    private Offset _next = start.Offset;

    private int _events;

    /// <summary>The offset from which to look for blocks. While the page is empty, it moves past segments without remaining events.</summary>
    public Offset Start => IsEmpty ? _next : _start;

    public bool IsEmpty => _first is null;

    public void Begin(SegmentHeader header) => _header = header;

    /// <summary>The block that was taken last, from the page's own memory.</summary>
    public RawBlock? Last => _last is not { } last ? null : last with { Stored = _blocks.WrittenMemory[^last.Stored.Length..] };

    /// <param name="block">The block; its bytes are copied.</param>
    /// <param name="end">One past its last offset to read.</param>
    /// <returns>False if the block would exceed the limits.</returns>
    public bool TryAdd(RawBlock block, Offset end)
    {
        if (_first is not null && (_events + block.Count > request.MaxEvents || _blocks.Length + block.Stored.Length > request.MaxBytes))
        {
            return false;
        }

        _blocks.Write(block.Stored.Span);
        _first ??= block.First;
        _last = block;
        _next = end;
        _events += block.Count;
        return true;
    }

    /// <summary>Notes that the counts of the blocks so far are known to be right.</summary>
    public void Confirm() => _confirmed = new Confirmed(_blocks.Length, _next, _events);

    /// <summary>Drops the blocks whose counts are not confirmed.</summary>
    /// <returns>False if that is all of them; nothing is dropped then.</returns>
    public bool TryCut()
    {
        if (_confirmed.Bytes == 0)
        {
            return false;
        }

        _blocks.Truncate(_confirmed.Bytes);
        (_next, _events, _last) = (_confirmed.Next, _confirmed.Events, null);
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

    /// <param name="Bytes">The size of the confirmed blocks.</param>
    /// <param name="Next">The offset after them.</param>
    /// <param name="Events">The number of their events.</param>
    private readonly record struct Confirmed(int Bytes, Offset Next, int Events);

    private sealed class NoBlocksToSeparate : Ports.Randomness
    {
        public override void Fill(Span<byte> bytes) => bytes.Clear();
    }
}

/// <summary>A stored block.</summary>
/// <param name="First">The offset of its first event.</param>
/// <param name="Count">The number of its events.</param>
/// <param name="Position">Its position in the segment.</param>
/// <param name="Stored">Its bytes as stored.</param>
internal readonly record struct RawBlock(Offset First, int Count, long Position, ReadOnlyMemory<byte> Stored);
