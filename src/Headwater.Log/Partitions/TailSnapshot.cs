using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Producers;

namespace Headwater.Log.Partitions;

/// <summary>The state of a tail at one moment, limited to the request keys and producers that the caller named. Immutable.</summary>
/// <param name="At">The position.</param>
/// <param name="ConfirmedAt">
/// The <see cref="Clock.Moment"/> at or after which storage was last asked and had nothing that the tail lacks.
/// </param>
/// <param name="Keys">What is known of the named keys.</param>
/// <param name="Producers">The remembered producers among the named ones.</param>
internal sealed record TailSnapshot(
    TailPosition At, long ConfirmedAt, IReadOnlyDictionary<RequestKey, KeyAnswer> Keys, IReadOnlyDictionary<string, ProducerState> Producers)
{
    /// <summary>Whether the keys of all remembered segments are in memory.</summary>
    public bool AreKeysLoaded { get; init; } = true;

    /// <summary>The append time of the newest producer that the partition has forgotten; 0 (1970) if it has forgotten none.</summary>
    public UnixMicros ProducersForgotten { get; init; }

    /// <summary>Whether it is known if a batch with this key is remembered. If not, the key has to be looked up in storage first.</summary>
    public bool IsKnown(RequestKey key) => AreKeysLoaded && Keys.TryGetValue(key, out KeyAnswer answer) && answer.Missing is null;

    public KeyedBatch? Find(RequestKey key) => Keys.TryGetValue(key, out KeyAnswer answer) ? answer.Batch : null;

    /// <summary>The stored batch with this sequence, if the producer's memory has it.</summary>
    public ProducerBatch? Find(ProducerPosition position) => Find(position.Id) is { } known && known.Epoch == position.Epoch
        ? known.Recent.FirstOrDefault(b => b.Sequence == position.Sequence) : null;

    public ProducerState? Find(string producer) => Producers.GetValueOrDefault(producer);
}
