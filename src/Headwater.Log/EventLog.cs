using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Append;
using Headwater.Log.Groups;
using Headwater.Log.Groups.Offsets;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Producers;
using Headwater.Log.Read;
using Headwater.Log.Segments;
using Headwater.Log.Streams;

namespace Headwater.Log;

/// <summary>The log's front door: everything the HTTP API and the hosts ask of it. One instance per process.</summary>
public sealed class EventLog
{
    private readonly LogPorts _ports;

    private readonly PartitionLogs _partitions;

    private readonly ProducerEpochs _producers;

    private readonly Appender _appender;

    private readonly PartitionReader _reader;

    private readonly SegmentCatalogue _segments;

    private readonly RequestRecall _recall;

    public EventLog(LogPorts ports, LogOptions options)
    {
        _ports = ports;
        _partitions = new PartitionLogs(ports, options);
        _producers = new ProducerEpochs(ports);
        _appender = new Appender(ports, options, (stream, partition) => _partitions.For(stream, partition).Appends, _producers);
        _reader = new PartitionReader(Reading, ports.Blobs);
        _segments = new SegmentCatalogue(ports, options, Reading, _reader.Indexes);
        _recall = new RequestRecall(ports, _reader.Indexes);
        Streams = new StreamCatalogue(ports, options);
        Maintenance = new LogMaintenance(ports, options, Streams);
        Groups = new ConsumerGroups(ports, options, Ends(), RequireSameAsync);
    }

    /// <summary>Create, describe, list, configure, delete.</summary>
    public StreamCatalogue Streams { get; }

    /// <summary>Seal, checkpoint, retain, compact, sweep: what timers run in short slices, and anyone on demand.</summary>
    public LogMaintenance Maintenance { get; }

    /// <summary>Consumer groups: offsets and who consumes what.</summary>
    public ConsumerGroups Groups { get; }

    /// <summary>A request's events to be; see <see cref="RequestEvents.For"/>.</summary>
    public RequestEvents NewRequest(StreamDescription stream, PartitionId? target, string? unkeyed) => RequestEvents.For(stream, target, unkeyed, _ports.Randomness);

    /// <summary>Appends a request's events: one AppendBlock per partition, shared with other batches that wait for the partition.</summary>
    /// <exception cref="HeadwaterException">
    /// Nothing was stored, or with <see cref="ErrorCode.AppendUnknown"/>, events may have been stored. Partial success is an outcome, not an exception.
    /// </exception>
    public Task<AppendOutcome> AppendAsync(StreamDescription stream, RequestEvents events, AppendOptions options, CancellationToken cancellation) =>
        NoticeDeletion(stream, () => _appender.AppendAsync(stream, events, options, cancellation));

    /// <summary>
    /// For a request that waited in a queue and may already be appended. Searches the log for batches that <see cref="AppendAsync"/> no longer remembers, so
    /// that a repeat is recognised. Costs one read per second and partition while the remembered keys reach back far enough; otherwise a search by time and a
    /// read of the log since then.
    /// </summary>
    /// <param name="stream">Where it would be.</param>
    /// <param name="events">Its events, whose partitions are looked at.</param>
    /// <param name="key">Its request key.</param>
    /// <param name="since">It was not appended before this.</param>
    /// <param name="cancellation">Stops the search.</param>
    public Task<bool> RecallAsync(StreamDescription stream, RequestEvents events, RequestKey key, DateTimeOffset since, CancellationToken cancellation) =>
        NoticeDeletion(stream, async () =>
        {
            foreach (PartitionId partition in events.Partitions)
            {
                await _recall.RecallAsync(Reading(stream, partition), key, UnixMicros.From(since), stream.LogStart(partition), cancellation);
            }

            return true;
        });

    /// <summary>
    /// Starts the next epoch of a sequenced producer, fencing the one before on each partition from its first append there. Two reads and a write.
    /// </summary>
    public async Task<ProducerStart> StartProducerAsync(StreamDescription stream, string producerId, CancellationToken cancellation)
    {
        await RequireSameAsync(stream, cancellation); // A deleted stream issues no epochs.
        ProducerEpoch epoch = await _producers.StartAsync(stream, producerId, cancellation);
        var next = Enumerable.Range(0, stream.Partitions).ToDictionary(p => new PartitionId(p), _ => SequenceNumber.Zero);
        return new ProducerStart(producerId, epoch, next);
    }

    /// <summary>Checks a producer's place before its events are taken for later. No storage call for an epoch seen before, else one read.</summary>
    /// <exception cref="HeadwaterException">InvalidName; ProducerNotStarted: the epoch was never issued.</exception>
    public Task RequireStartedAsync(StreamDescription stream, ProducerPosition producer, CancellationToken cancellation) => _producers.RequireStartedAsync(stream, producer, cancellation);

    /// <exception cref="HeadwaterException">410 below the log start, 416 beyond the end (after asking storage), 404 no such partition.</exception>
    public Task<ReadPage> ReadAsync(StreamDescription stream, ReadRequest request, CancellationToken cancellation) =>
        NoticeDeletion(stream, () => _reader.ReadAsync(stream, request, cancellation));

    /// <inheritdoc cref="ReadAsync"/>
    public Task<RawPage> ReadRawAsync(StreamDescription stream, ReadRequest request, CancellationToken cancellation) =>
        NoticeDeletion(stream, () => _reader.ReadRawAsync(stream, request, cancellation));

    /// <summary>Every partition's positions as storage has them now: one listing and one read a partition.</summary>
    public Task<IReadOnlyList<PartitionPositions>> PositionsAsync(StreamDescription stream, CancellationToken cancellation) =>
        NoticeDeletion(stream, () => _segments.PositionsAsync(stream, cancellation));

    /// <summary>Live segments with read-only URLs, from the one that holds <paramref name="offset"/> on; all partitions if none is named.</summary>
    public Task<IReadOnlyList<SegmentListing>> SegmentsAsync(StreamDescription stream, PartitionId? partition, Offset? offset, CancellationToken cancellation) =>
        NoticeDeletion(stream, () => _segments.SegmentsAsync(stream, partition, offset, cancellation));

    /// <summary>Finishes appends under way and writes the checkpoints that are due; call on graceful stop.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        foreach (PartitionLog partition in _partitions.All)
        {
            await partition.DrainAsync(cancellation);
        }
    }

    private ReadablePartition Reading(StreamDescription stream, PartitionId partition) => _partitions.For(stream, partition).Reading;

    private LogEnds Ends() => new(
        async (stream, partition, cancellation) => (await NoticeDeletion(stream, () => Reading(stream, partition).TailAsync(cancellation))).Position.Next,
        async (stream, partition, cancellation) => (await NoticeDeletion(stream, () => Reading(stream, partition).FreshTailAsync(cancellation))).Position.Next,
        (stream, partition, from, cancellation) => NoticeDeletion(stream, () => _reader.FindAsync(stream, new ReadRequest(partition, from, 1, 1, TimeSpan.Zero), cancellation)));

    /// <summary>One read.</summary>
    private async Task RequireSameAsync(StreamDescription stream, CancellationToken cancellation)
    {
        StreamDescription now = await Streams.ReloadAsync(stream.Name, cancellation);
        if (now.StreamId != stream.StreamId)
        {
            throw Recreated(stream, null);
        }
    }

    /// <summary>
    /// If blobs are missing, the stream was deleted, was deleted and recreated, or has a later log start. Drops the cached state of the stream and throws the
    /// exception for that case.
    /// </summary>
    private async Task<T> NoticeDeletion<T>(StreamDescription stream, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception gone) when (gone is SegmentGoneException or HeadwaterException { Code: ErrorCode.StreamNotFound or ErrorCode.ProducerNotStarted })
        {
            _partitions.Forget(stream.StreamId);
            StreamDescription now = await Streams.ReloadAsync(stream.Name, CancellationToken.None);
            if (now.StreamId != stream.StreamId)
            {
                throw Recreated(stream, gone);
            }

            if (gone is HeadwaterException { Code: ErrorCode.ProducerNotStarted })
            {
                throw;
            }

            bool startsLater = now.LogStarts.Any(s => s.Value > stream.LogStart(s.Key));
            throw startsLater
                ? new HeadwaterException(ErrorCode.StreamChanged, $"Segments of stream '{stream.Name}' were deleted during the read; retry.", gone)
                : new HeadwaterException(ErrorCode.CorruptSegment, $"Segments of a partition of stream '{stream.Name}' are missing.", gone);
        }
    }

    private static HeadwaterException Recreated(StreamDescription stream, Exception? gone) =>
        new(ErrorCode.StreamChanged, $"Stream '{stream.Name}' was deleted and recreated; retry.", gone);
}

/// <param name="Producer">Its id.</param>
/// <param name="Epoch">To send with every request as Producer-Epoch.</param>
/// <param name="NextSequences">Each partition's next Producer-Sequence under this epoch.</param>
public sealed record ProducerStart(string Producer, ProducerEpoch Epoch, IReadOnlyDictionary<PartitionId, SequenceNumber> NextSequences);
