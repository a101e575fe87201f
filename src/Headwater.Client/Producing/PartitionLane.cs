using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>The batches of one partition. At most one is being sent, so that events keep their order. The producer's lock guards every member.</summary>
internal sealed class PartitionLane
{
    private readonly Queue<EventBatch> _full = new();

    private readonly ITimer _linger;

    private readonly ProducerOptions _options;

    private EventBatch? _open;

    private bool _isDue;

    /// <param name="partition">The partition.</param>
    /// <param name="options">The limits of a batch.</param>
    /// <param name="time">The clock of the linger time.</param>
    /// <param name="lingered">Called without the lock when a batch has waited long enough.</param>
    public PartitionLane(PartitionId partition, ProducerOptions options, TimeProvider time, Action<PartitionLane> lingered)
    {
        Partition = partition;
        _options = options;
        _linger = time.CreateTimer(_ => lingered(this), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public PartitionId Partition { get; }

    /// <summary>The batch being sent.</summary>
    public EventBatch? Sending { get; private set; }

    /// <summary>The sequence number of the next request that is stored.</summary>
    public long NextSequence { get; set; }

    /// <summary>Whether a batch takes further events.</summary>
    public bool IsOpen => _open is not null;

    /// <summary>Every batch whose events have no result yet.</summary>
    public IEnumerable<EventBatch> Unsettled => new[] { Sending, _open }.OfType<EventBatch>().Concat(_full);

    public void Add(ReadOnlySpan<byte> line, TaskCompletionSource<AppendedEvent> result)
    {
        if (_open is not null && _open.Bytes + line.Length > _options.BatchBytes)
        {
            Close();
        }

        if (_open is null)
        {
            _open = new EventBatch();
            _linger.Change(_options.Linger, Timeout.InfiniteTimeSpan);
        }

        _open.Add(line, result);
        if (_open.Bytes >= _options.BatchBytes || _open.Count >= _options.BatchEvents)
        {
            Close();
        }
    }

    /// <summary>The open batch need not wait for more events.</summary>
    public void MakeDue() => _isDue = _open is not null;

    /// <summary>The next batch to send; null if none is due or one is being sent.</summary>
    public EventBatch? TryBegin()
    {
        if (Sending is not null)
        {
            return null;
        }

        if (_full.Count == 0 && _isDue)
        {
            Close();
        }

        return Sending = _full.TryDequeue(out EventBatch? next) ? next : null;
    }

    public void End() => Sending = null;

    public void Stop() => _linger.Dispose();

    private void Close()
    {
        if (_open is not null)
        {
            _full.Enqueue(_open);
            _open = null;
            _isDue = false;
        }
    }
}
