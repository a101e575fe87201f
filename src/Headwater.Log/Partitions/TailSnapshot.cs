using Headwater.Core.Segments;

namespace Headwater.Log.Partitions;

/// <summary>The state of a tail at one moment, limited to the request keys and producers that the caller named. Immutable.</summary>
/// <param name="At">The position.</param>
/// <param name="ConfirmedAt">
/// The <see cref="Clock.Moment"/> at or after which storage was last asked and had nothing that the tail lacks.
/// </param>
/// <param name="Keys">The remembered batches with the named keys.</param>
/// <param name="Producers">The remembered producers among the named ones.</param>
internal sealed record TailSnapshot(
    TailPosition At, long ConfirmedAt, IReadOnlyDictionary<RequestKey, KeyedBatch> Keys, IReadOnlyDictionary<string, ProducerState> Producers)
{
    public KeyedBatch? Find(RequestKey key) => Keys.TryGetValue(key, out KeyedBatch batch) ? batch : null;

    public ProducerState? Find(string producer) => Producers.GetValueOrDefault(producer);
}
