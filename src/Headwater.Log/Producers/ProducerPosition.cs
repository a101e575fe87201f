using Headwater.Core.Positions;

namespace Headwater.Log.Producers;

/// <summary>Where a request stands among its producer's requests to one partition.</summary>
/// <param name="Id">The producer's id.</param>
/// <param name="Epoch">The instance that sends.</param>
/// <param name="Sequence">The request's number.</param>
public sealed record ProducerPosition(string Id, ProducerEpoch Epoch, SequenceNumber Sequence);
