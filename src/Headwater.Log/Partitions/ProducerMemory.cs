using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;

namespace Headwater.Log.Partitions;

/// <summary>
/// Remembers the sequenced producers of a partition: epoch, next sequence and last batches. Bounded: producers idle for more than
/// <see cref="MemoryOptions.ProducerAge"/> are forgotten, and if more than <see cref="MemoryOptions.Producers"/> remain, those idle for longest. The horizon,
/// the append time of the newest that was forgotten, is kept for ever: a producer without memory may be a forgotten one unless its epoch was issued later.
/// Not thread-safe: the tail guards it.
/// </summary>
internal sealed class ProducerMemory(MemoryOptions options)
{
    /// <summary>A producer with its id and its last batches.</summary>
    private const int ProducerBytes = 1024;

    private readonly Dictionary<string, Remembered> _producers = new(StringComparer.Ordinal);

    /// <summary>Bytes held, estimated.</summary>
    public long Bytes => ProducerBytes * (long)_producers.Count;

    /// <summary>The append time of the newest producer forgotten; 0 (1970) if none was.</summary>
    public UnixMicros Forgotten { get; private set; } = new(0);

    /// <summary>Takes the state that a header or checkpoint recorded.</summary>
    /// <param name="states">The producers.</param>
    /// <param name="forgotten">The recorded horizon. The own one may be later, and counts then: it never goes back.</param>
    public void Restore(IEnumerable<ProducerState> states, UnixMicros forgotten)
    {
        _producers.Clear();
        foreach (ProducerState state in states)
        {
            _producers[state.Id] = new Remembered(state);
        }

        ForgetUpTo(forgotten);
    }

    /// <summary>Raises the horizon, because a producer that appended at this time may have been forgotten.</summary>
    public void ForgetUpTo(UnixMicros appended) => Forgotten = appended > Forgotten ? appended : Forgotten;

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
        if (_producers.Count > options.ProducersMax)
        {
            Forget(appended);
        }
    }

    /// <summary>The state to persist, most recent producers first. Forgets first, so that the horizon covers every producer that is left out.</summary>
    public IReadOnlyList<ProducerState> Snapshot(UnixMicros now)
    {
        Forget(now);
        return [.. Newest().Select(p => p.State())];
    }

    private void Forget(UnixMicros now)
    {
        UnixMicros tooOld = now.Plus(-options.ProducerAge);
        UnixMicros young = now.Plus(-options.ProducerYouth);
        int most = Math.Max(options.Producers, options.ProducersMax * 9 / 10); // Forget a tenth at once, because this sorts all of them.
        int kept = 0;
        foreach (Remembered producer in Newest().ToList())
        {
            UnixMicros last = producer.LastAppended;
            bool isKept = last >= tooOld && kept < (last > young ? most : options.Producers);
            if (isKept)
            {
                kept++;
                continue;
            }

            _producers.Remove(producer.Id);
            ForgetUpTo(last);
        }
    }

    private IOrderedEnumerable<Remembered> Newest() =>
        _producers.Values.OrderByDescending(p => p.LastAppended.Value).ThenBy(p => p.Id, StringComparer.Ordinal);

    internal sealed class Remembered(ProducerState state)
    {
        private readonly Queue<ProducerBatch> _recent = new(state.Recent);

        public string Id => state.Id;

        public ProducerEpoch Epoch { get; } = state.Epoch;

        public SequenceNumber Next { get; private set; } = state.Next;

        public UnixMicros LastAppended { get; private set; } = state.LastAppended;

        public void Note(BatchRecord batch, Offset first, UnixMicros appended)
        {
            Next = batch.Sequence.Next;
            LastAppended = appended;
            _recent.Enqueue(new ProducerBatch(batch.Sequence, first, batch.Count));
            if (_recent.Count > ProducerState.MaxRecent)
            {
                _recent.Dequeue();
            }
        }

        public ProducerState State() => new(state.Id, Epoch, Next, LastAppended, [.. _recent]);
    }
}
