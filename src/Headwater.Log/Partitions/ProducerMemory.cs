using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Log.Partitions;

/// <summary>
/// Remembers the sequenced producers of a partition: epoch, next sequence and last batches. What is persisted is bounded: it leaves out producers idle for more
/// than <see cref="IdleLimit"/>, and if more than <see cref="CountLimit"/> remain, those idle for longest. Memory shrinks to that when a segment's header is
/// learned. A forgotten producer must start a new epoch. Not thread-safe: the tail guards it.
/// </summary>
internal sealed class ProducerMemory
{
    public const int CountLimit = 1_000;

    public static readonly TimeSpan IdleLimit = TimeSpan.FromDays(7);

    /// <summary>A producer with its id and its last batches.</summary>
    private const int ProducerBytes = 1024;

    private readonly Dictionary<string, Remembered> _producers = new(StringComparer.Ordinal);

    /// <summary>Bytes held, estimated.</summary>
    public long Bytes => ProducerBytes * (long)_producers.Count;

    public void Restore(IEnumerable<ProducerState> states)
    {
        _producers.Clear();
        foreach (ProducerState state in states)
        {
            _producers[state.Id] = new Remembered(state);
        }
    }

    public Remembered? Find(string producer) => _producers.GetValueOrDefault(producer);

    /// <summary>Notes a stored batch. Ignored if it has no producer.</summary>
    public void Note(BatchRecord batch, Offset first, UnixMicros appended)
    {
        if (batch.Producer is not { } id)
        {
            return;
        }

        if (!_producers.TryGetValue(id, out Remembered? known) || known.Epoch != batch.Epoch)
        {
            known = new Remembered(new ProducerState(id, batch.Epoch, SequenceNumber.Zero, appended, []));
            _producers[id] = known;
        }

        known.Note(batch, first, appended);
    }

    /// <summary>The state to persist, most recent producers first, within the limits of idle time and count.</summary>
    public IReadOnlyList<ProducerState> Snapshot(UnixMicros now) =>
    [
        .. _producers.Values
            .Select(p => p.State())
            .Where(p => now.Value - p.LastAppended.Value <= (long)IdleLimit.TotalMicroseconds)
            .OrderByDescending(p => p.LastAppended.Value)
            .ThenBy(p => p.Id, StringComparer.Ordinal)
            .Take(CountLimit),
    ];

    internal sealed class Remembered(ProducerState state)
    {
        private readonly Queue<ProducerBatch> _recent = new(state.Recent);

        private UnixMicros _lastAppended = state.LastAppended;

        public ProducerEpoch Epoch { get; } = state.Epoch;

        public SequenceNumber Next { get; private set; } = state.Next;

        public void Note(BatchRecord batch, Offset first, UnixMicros appended)
        {
            Next = batch.Sequence.Next;
            _lastAppended = appended;
            _recent.Enqueue(new ProducerBatch(batch.Sequence, first, batch.Count));
            if (_recent.Count > ProducerState.MaxRecent)
            {
                _recent.Dequeue();
            }
        }

        public ProducerState State() => new(state.Id, Epoch, Next, _lastAppended, [.. _recent]);
    }
}
