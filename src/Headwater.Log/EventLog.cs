using Headwater.Core.Positions;
using Headwater.Log.Appending;
using Headwater.Log.Ports;
using Headwater.Log.Reading;
using Headwater.Log.Streams;

namespace Headwater.Log;

/// <summary>What the log stands on. One instance per process.</summary>
public sealed record LogPorts(IBlobs Blobs, ITables Tables, TimeProvider Time, Randomness Randomness);

/// <summary>The log's front door: everything the HTTP API and the hosts ask of it.</summary>
public sealed class EventLog
{
    public EventLog(LogPorts ports, LogOptions options) => throw new NotImplementedException();

    /// <summary>Create, describe, list, configure, delete.</summary>
    public StreamCatalogue Streams => throw new NotImplementedException();

    /// <summary>Appends a request's events; see DESIGN: Append.</summary>
    /// <exception cref="Errors.HeadwaterException">Nothing was stored, or (<see cref="Errors.ErrorCode.AppendUnknown"/>) it is not known. Partial success is an outcome, not an exception.</exception>
    public Task<AppendOutcome> AppendAsync(StreamDescription stream, RequestEvents events, AppendOptions options, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Starts the next epoch of a sequenced producer, fencing the one before from its first append on.</summary>
    public Task<ProducerStart> StartProducerAsync(StreamDescription stream, string producerId, CancellationToken cancellation) => throw new NotImplementedException();

    /// <exception cref="Errors.HeadwaterException">410 below the log start, 416 beyond the end (after asking storage), 404 no such partition.</exception>
    public Task<ReadPage> ReadAsync(StreamDescription stream, ReadRequest request, CancellationToken cancellation) => throw new NotImplementedException();

    /// <inheritdoc cref="ReadAsync"/>
    public Task<RawPage> ReadRawAsync(StreamDescription stream, ReadRequest request, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Every partition's positions as storage has them now: one listing and one read a partition.</summary>
    public Task<IReadOnlyList<PartitionPositions>> PositionsAsync(StreamDescription stream, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Live segments with read-only URLs, from the one that holds <paramref name="offset"/> on; all partitions if none is named.</summary>
    public Task<IReadOnlyList<SegmentListing>> SegmentsAsync(StreamDescription stream, PartitionId? partition, Offset? offset, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Finishes appends under way and writes the checkpoints that are due; call on graceful stop.</summary>
    public Task DrainAsync(CancellationToken cancellation) => throw new NotImplementedException();
}

/// <param name="Epoch">To send with every request as Producer-Epoch.</param>
/// <param name="NextSequences">Each partition's next Producer-Sequence under this epoch.</param>
public sealed record ProducerStart(string Producer, ProducerEpoch Epoch, IReadOnlyDictionary<PartitionId, SequenceNumber> NextSequences);
