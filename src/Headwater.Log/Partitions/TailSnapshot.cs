using Headwater.Core.Segments;

namespace Headwater.Log.Partitions;

/// <summary>A tail as of one moment: its position, and what it remembers of the keys and producers that were asked for. Immutable.</summary>
/// <param name="At">The position.</param>
/// <param name="ConfirmedAt">When storage was last asked and found to end there; a <see cref="Clock.Moment"/>.</param>
/// <param name="Keys">The remembered batches among those asked for.</param>
/// <param name="Producers">The remembered producers among those asked for.</param>
internal sealed record TailSnapshot(
    TailPosition At, long ConfirmedAt, IReadOnlyDictionary<RequestKey, KeyedBatch> Keys, IReadOnlyDictionary<string, ProducerState> Producers)
{
    public KeyedBatch? Find(RequestKey key) => Keys.TryGetValue(key, out KeyedBatch batch) ? batch : null;

    public ProducerState? Find(string producer) => Producers.GetValueOrDefault(producer);
}
