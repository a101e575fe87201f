using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Log.Partitions;

/// <summary>
/// What a partition remembers of sequenced producers: epoch, next sequence and the last batches. Bounded: producers idle for <see cref="IdleLimit"/>
/// are forgotten, and beyond
/// <see cref="CountLimit"/> the longest idle. A forgotten producer goes on with a new epoch. Not thread-safe: guarded by its tail.
/// </summary>
internal sealed class ProducerMemory
{
    public const int CountLimit = 1_000;

    public static readonly TimeSpan IdleLimit = TimeSpan.FromDays(7);

    private readonly Dictionary<string, Remembered> _producers = new(StringComparer.Ordinal);

    public void Restore(IEnumerable<ProducerState> states)
    {
        _producers.Clear();
        foreach (ProducerState state in states)
        {
            _producers[state.Id] = new Remembered(state);
        }
    }

    public Remembered? Find(string producer) => _producers.GetValueOrDefault(producer);

    /// <summary>Takes note of a stored batch; batches without a producer leave no trace.</summary>
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

    /// <summary>The state to persist, the idle and the surplus left out.</summary>
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
