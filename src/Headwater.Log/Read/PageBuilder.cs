using Headwater.Core.Memory;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>
/// Gathers blocks until a request's limits are reached; blocks count as decompressed. Takes at least one event, even if its block alone exceeds the byte limit.
/// </summary>
internal sealed class PageBuilder(ReadRequest request, FoundStart start, IMemoryBudget budget) : IDisposable
{
    private readonly List<ReadBlock> _blocks = [];

    private int _events;

    private long _bytes;

    private int _text;

    private bool _isFull;

    /// <summary>The next offset to read.</summary>
    public Offset Next { get; private set; } = start.Offset;

    public bool IsFull => _isFull;

    public bool IsEmpty => _blocks.Count == 0;

    /// <summary>The page is empty, but skipped offsets that compaction removed.</summary>
    public bool IsGap { get; private set; }

    /// <summary>Skips offsets that compaction removed.</summary>
    public void Skip(Offset to)
    {
        if (to > Next)
        {
            Next = to;
            IsGap = _blocks.Count == 0;
        }
    }

    /// <summary>
    /// Takes the block's events at or after <see cref="Next"/> and before <paramref name="visibleEnd"/>. Owns the block: keeps it in the page or disposes it.
    /// </summary>
    /// <returns>False if the page is full, or the block begins at or after the visible end.</returns>
    /// <exception cref="Contracts.Errors.HeadwaterException">Overloaded: the budget has no room for the text of the block's largest event.</exception>
    public bool TryAdd(CheckedBlock found, Offset visibleEnd)
    {
        (DecodedBlock block, SegmentFileKind kind, ValueSchema schema, int longest) = found;
        bool isBeyond = block.FirstOffset >= visibleEnd;
        if (isBeyond || (_blocks.Count > 0 && _bytes + block.Data.Length > request.MaxBytes))
        {
            _isFull = !isBeyond;
            block.Dispose();
            return false;
        }

        (OffsetRange range, int events) = BlockExtent.Take(block, kind, schema, new OffsetRange(Next, visibleEnd), request.MaxEvents - _events);
        if (events == 0)
        {
            block.Dispose();
            return true;
        }

        Reserve(block, EventText.Of(block, schema, range, longest));
        _blocks.Add(new ReadBlock(block, schema, range));
        IsGap = false;
        _events += events;
        _bytes += block.Data.Length;
        Next = range.End;
        _isFull = _events >= request.MaxEvents || _bytes >= request.MaxBytes;
        return !_isFull;
    }

    /// <summary>Ends the page with the events that it has.</summary>
    public void Close() => _isFull = true;

    public ReadPage Build(Offset logStart, Offset logEnd) =>
        new(new PartitionRange(Next, logStart, logEnd > Next ? logEnd : Next, start.IsWaitRefused && IsEmpty), _blocks, new TextReserve(budget, _text));

    public void Dispose()
    {
        _blocks.ForEach(b => b.Block.Dispose());
        budget.GiveBack(_text);
    }

    private void Reserve(DecodedBlock block, int text)
    {
        if (text <= _text)
        {
            return;
        }

        try
        {
            budget.Take(text - _text);
            _text = text;
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }
}

/// <summary>A block whose events were checked.</summary>
/// <param name="Block">The block.</param>
/// <param name="Kind">Whether its offsets are dense.</param>
/// <param name="Schema">Its schema.</param>
/// <param name="Longest">The bytes of its largest event.</param>
internal readonly record struct CheckedBlock(DecodedBlock Block, SegmentFileKind Kind, ValueSchema Schema, int Longest);
