using Headwater.Core.Positions;

namespace Headwater.Log.Producers;

/// <summary>The place of a request among the requests of one sequenced producer to one partition.</summary>
/// <param name="Id">The producer id, 1 to 128 characters.</param>
/// <param name="Epoch">The epoch of the producer instance that sends the request, from 1.</param>
/// <param name="Sequence">The number of the request within epoch and partition, from 0.</param>
public sealed record ProducerPosition(string Id, ProducerEpoch Epoch, SequenceNumber Sequence);
