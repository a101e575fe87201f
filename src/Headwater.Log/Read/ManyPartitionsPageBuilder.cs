using Headwater.Core.Positions;

namespace Headwater.Log.Read;

/// <summary>Gathers the pages of partitions until a request's limits are reached.</summary>
internal sealed class ManyPartitionsPageBuilder(StreamReadRequest request, IReadOnlyList<PartitionPosition> starts) : IDisposable
{
    private readonly List<EventPagePart> _parts = [];

    private readonly Dictionary<PartitionId, Offset> _next = starts.ToDictionary(s => s.Partition, s => s.Offset);

    private PartitionId? _last;

    private int _events = request.MaxEvents;

    private long _bytes = request.MaxBytes;

    public bool IsEmpty => _parts.Count == 0;

    public bool IsFull { get; private set; }

    public bool IsWaitRefused { get; set; }

    /// <summary>The number of partitions.</summary>
    public int Partitions => starts.Count;

    /// <summary>All positions, beginning with the request's first partition.</summary>
    public IEnumerable<PartitionPosition> Rotation =>
        starts.OrderBy(s => s.Partition < request.First).ThenBy(s => s.Partition).Select(s => new PartitionPosition(s.Partition, _next[s.Partition]));

    /// <summary>A read of the next page of a partition, within what is left of the limits.</summary>
    public ReadRequest RequestFor(PartitionPosition position) =>
        new(position.Partition, ReadFrom.At(position.Offset), _events, (int)Math.Max(1, _bytes), TimeSpan.Zero);

    /// <summary>Takes a page, or disposes it if it has no events.</summary>
    public void Add(PartitionId partition, ReadPage page)
    {
        _next[partition] = page.Range.Next;
        if (page.Blocks.Count == 0)
        {
            page.Dispose();
            return;
        }

        _parts.Add(new EventPagePart(partition, page));
        _last = partition;
        foreach (ReadBlock block in page.Blocks)
        {
            _events -= (int)Math.Min(_events, block.Deliver.End - block.Deliver.Start);
            _bytes -= block.Block.Data.Length;
        }

        IsFull = _events <= 0 || _bytes <= 0;
    }

    /// <summary>Ends the page with the events that it has.</summary>
    public void Close() => IsFull = true;

    public ManyPartitionsPage Build() => new(_parts, [.. starts.OrderBy(s => s.Partition).Select(s => new PartitionPosition(s.Partition, _next[s.Partition]))])
    {
        First = _last is { } last ? last.Value + 1 > starts.Max(s => s.Partition.Value) ? default : new PartitionId(last.Value + 1) : request.First,
        IsWaitRefused = IsWaitRefused && IsEmpty,
    };

    public void Dispose() => _parts.ForEach(p => p.Page.Dispose());
}
