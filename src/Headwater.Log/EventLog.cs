using Headwater.Contracts.Errors;
using Headwater.Core.Memory;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Append;
using Headwater.Log.Budgets;
using Headwater.Log.Errors;
using Headwater.Log.Groups;
using Headwater.Log.Groups.Offsets;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Producers;
using Headwater.Log.Read;
using Headwater.Log.Streams;

namespace Headwater.Log;

/// <summary>The log's public API, used by the HTTP API and the hosts. Create one instance per process: partition state is cached in it.</summary>
public sealed class EventLog
{
    /// <summary>The blob and the row that checks read. Neither exists: it is no stream's name.</summary>
    private const string CheckedName = "ready";

    private readonly LogPorts _ports;

    private readonly PartitionLogs _partitions;

    private readonly ProducerEpochs _producers;

    private readonly Appender _appender;

    private readonly PartitionReader _reader;

    private readonly ManyPartitionsReader _many;

    private readonly PartitionEnds _ends;

    private readonly SegmentCatalogue _segments;

    private readonly RequestRecall _recall;

    private readonly CurrentStreams _current;

    private readonly UsedStreams _used;

    /// <summary>Creates a log over the given storage. Makes no storage call.</summary>
    /// <param name="ports">Storage, clock, time and randomness.</param>
    /// <param name="options">Limits, sizes and intervals; the same for every instance of the app.</param>
    public EventLog(LogPorts ports, LogOptions options)
    {
        _ports = ports;
        _partitions = new PartitionLogs(ports, options);
        _producers = new ProducerEpochs(ports);
        _appender = new Appender(ports, options, (stream, partition) => _partitions.Hold(stream, partition).Of(p => p.Appends), _producers);
        Bodies = new BodyBudget(options.BodyBytesInFlight);
        QueuedBodies = new BodyBudget(options.QueueBytesInFlight);
        Reads = new ReadBudget(options.ReadBytesInFlight);
        BudgetTelemetry.Watch("bodies", Bodies);
        BudgetTelemetry.Watch("queued", QueuedBodies);
        BudgetTelemetry.Watch("pages", Reads);
        PartitionTelemetry.Watch(_partitions);
        var slots = new WaitSlots(options.WaitingReads, options.WaitingPartitions);
        _reader = new PartitionReader(Reading, ports.Blobs, Reads, new ReadSlots(slots, new CallSlots(options.LargeReads)));
        _many = new ManyPartitionsReader(Reading, _reader, slots);
        _ends = new PartitionEnds(ports, options, _partitions.KnownEnd, Reading);
        _segments = new SegmentCatalogue(ports, options, Reading, _ends, _reader.Indexes);
        _recall = new RequestRecall(ports, options);
        Streams = new StreamCatalogue(ports, options);
        _current = new CurrentStreams(Streams, _partitions);
        _used = new UsedStreams(ports);
        var lag = new GroupLag(_partitions.KnownEnd);
        GroupTelemetry.Watch(lag);
        Maintenance = new LogMaintenance(ports, options, Streams, lag);
        Groups = new ConsumerGroups(ports, options, Ends(), lag, _current.ReloadAsync);
        StorageChecks =
        [
            new StorageCheck("blobs", ports.Time, async token => (await ports.Blobs.ReadAsync(CheckedName, 0, 1, token))?.Dispose()),
            new StorageCheck("tables", ports.Time, async token => await ports.Tables.GetAsync(StorageNames.StreamsTable, new(CheckedName, CheckedName), token)),
        ];
    }

    /// <summary>Creates, describes, lists, configures and deletes streams.</summary>
    public StreamCatalogue Streams { get; }

    /// <summary>Seals, checkpoints, retention, compaction and cleanup. Timers run them in short time slices; a caller can run them on demand.</summary>
    public LogMaintenance Maintenance { get; }

    /// <summary>Consumer groups: committed offsets, and which member consumes which partition.</summary>
    public ConsumerGroups Groups { get; }

    /// <summary>Ask the storage services of the log whether they serve this app.</summary>
    public IReadOnlyList<StorageCheck> StorageChecks { get; }

    /// <summary>The memory of request bodies.</summary>
    public BodyBudget Bodies { get; }

    /// <summary>The memory of queue messages whose content is loaded and parsed.</summary>
    public BodyBudget QueuedBodies { get; }

    /// <summary>The memory of reads: charged for pages until they are disposed, and for text that is not sent yet.</summary>
    public ReadBudget Reads { get; }

    /// <summary>Begins a request to which the caller adds events; see <see cref="RequestEvents.For"/>.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="target">The partition posted to; null for any.</param>
    /// <param name="unkeyed">Selects the partition of unkeyed events; null for a random one.</param>
    /// <param name="budget">Charged for the encoded events until the request is disposed. Null: not charged.</param>
    public RequestEvents NewRequest(StreamDescription stream, PartitionId? target, string? unkeyed, IMemoryBudget? budget = null) =>
        RequestEvents.For(stream, target, unkeyed, _ports.Randomness, budget);

    /// <summary>Appends a request's events: one AppendBlock per partition, shared with other batches that wait for the partition.</summary>
    /// <exception cref="HeadwaterException">
    /// Nothing was stored; with <see cref="ErrorCode.AppendUnknown"/>, events may have been stored. If some partitions stored their share, the outcome names
    /// the others and no exception is thrown.
    /// </exception>
    public Task<AppendOutcome> AppendAsync(StreamDescription stream, RequestEvents events, AppendOptions options, CancellationToken cancellation) =>
        _used.DuringAsync(stream, () => _current.WriteAsync(stream, () => _appender.AppendAsync(stream, events, options, cancellation)));

    /// <summary>
    /// Call before <see cref="AppendAsync"/> for a request that waited in a queue and may already be appended. Searches the log for the request's key if it may
    /// be older than the keys that are remembered, so that the append recognises a repeat. Costs one read per second and partition while they reach back
    /// far enough; otherwise the keys of the log since then are loaded once, for all requests. The partitions stay in memory until the events are disposed.
    /// </summary>
    /// <param name="stream">The stream the request appends to.</param>
    /// <param name="events">The request's events; their partitions are searched.</param>
    /// <param name="key">The request's key.</param>
    /// <param name="since">The request was not appended before this time, by the service's clock.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <exception cref="HeadwaterException">
    /// StreamNotFound, StreamChanged; KeyForgotten: compaction or retention has removed what would show whether the request was appended.
    /// </exception>
    public Task RecallAsync(StreamDescription stream, RequestEvents events, RequestKey key, DateTimeOffset since, CancellationToken cancellation) =>
        _current.ReadAsync(stream, async current =>
        {
            foreach (PartitionId partition in events.Partitions)
            {
                HeldPartition<ReadablePartition> held = Reading(current, partition);
                events.Keep(held); // What is found is remembered by the open partition alone.
                await _recall.RecallAsync(held.Value, key, UnixMicros.From(since), cancellation);
            }

            return true;
        });

    /// <summary>
    /// Starts the next epoch of a sequenced producer. In each partition, the first append at the new epoch fences the previous epoch. Costs two reads and
    /// one write.
    /// </summary>
    /// <exception cref="HeadwaterException">InvalidName; StreamNotFound; StreamChanged: the stream was deleted and recreated.</exception>
    public async Task<ProducerStart> StartProducerAsync(StreamDescription stream, string producerId, CancellationToken cancellation)
    {
        await _current.ReloadAsync(stream, cancellation); // A deleted stream issues no epochs.
        ProducerEpoch epoch = await _producers.StartAsync(stream, producerId, cancellation);
        var next = Enumerable.Range(0, stream.Partitions).ToDictionary(p => new PartitionId(p), _ => SequenceNumber.Zero);
        return new ProducerStart(producerId, epoch, next);
    }

    /// <summary>Requires that a producer's epoch was issued, before its events are queued. No storage call for a known epoch, otherwise one read.</summary>
    /// <exception cref="HeadwaterException">InvalidName; ProducerNotStarted: the epoch was never issued.</exception>
    public Task RequireStartedAsync(StreamDescription stream, ProducerPosition producer, CancellationToken cancellation) =>
        _producers.RequireStartedAsync(stream, producer, cancellation);

    /// <summary>
    /// Reads a page of events from one partition: at least one event if the partition has one at or after the start. At the log end, waits up to
    /// <see cref="ReadRequest.Wait"/> for an append. The caller disposes the page.
    /// </summary>
    /// <exception cref="HeadwaterException">
    /// OffsetBelowStart; OffsetBeyondEnd, only after asking storage; PartitionNotFound; StreamNotFound; StreamChanged.
    /// </exception>
    public Task<ReadPage> ReadAsync(StreamDescription stream, ReadRequest request, CancellationToken cancellation) =>
        _current.ReadAsync(stream, current => _reader.ReadAsync(current, request, cancellation));

    /// <summary>
    /// Reads a page of events over several partitions: at least one event if any of them has one. If none has, waits up to
    /// <see cref="StreamReadRequest.Wait"/> for an append to any of them. The caller disposes the page.
    /// </summary>
    /// <exception cref="HeadwaterException">
    /// OffsetBelowStart, OffsetBeyondEnd, both with the partition; PartitionNotFound; StreamNotFound; StreamChanged.
    /// </exception>
    public Task<ManyPartitionsPage> ReadAsync(StreamDescription stream, StreamReadRequest request, CancellationToken cancellation) =>
        _current.ReadAsync(stream, current => _many.ReadAsync(current, request, cancellation));

    /// <summary>
    /// Reads whole stored blocks of one segment: at least one block if the partition has an event at or after the start. At the log end, waits up to
    /// <see cref="ReadRequest.Wait"/> for an append.
    /// </summary>
    /// <exception cref="HeadwaterException">
    /// OffsetBelowStart; OffsetBeyondEnd, only after asking storage; PartitionNotFound; StreamNotFound; StreamChanged.
    /// </exception>
    public Task<RawPage> ReadRawAsync(StreamDescription stream, ReadRequest request, CancellationToken cancellation) =>
        _current.ReadAsync(stream, current => _reader.ReadRawAsync(current, request, cancellation));

    /// <summary>
    /// Every partition's positions as storage has them now. Opens no partition. Costs one read of the stream's document, one query per 1,000 rows of published
    /// positions, and about one listing and one read per partition.
    /// </summary>
    /// <exception cref="HeadwaterException">StreamNotFound, StreamChanged.</exception>
    public async Task<IReadOnlyList<PartitionPositions>> PositionsAsync(StreamDescription stream, CancellationToken cancellation) =>
        await _current.ReadAsync(await _current.ReloadAsync(stream, cancellation), current => _segments.PositionsAsync(current, cancellation));

    /// <summary>
    /// Live segments with read-only URLs, in offset order per partition. Costs one read of the stream's document, one listing and one read per partition, and
    /// one read per segment whose header is not cached.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="request">Which segments.</param>
    /// <param name="cancellation">Stops the calls.</param>
    /// <exception cref="HeadwaterException">PartitionNotFound, StreamNotFound, StreamChanged, StorageUnavailable.</exception>
    public async Task<SegmentPage> SegmentsAsync(StreamDescription stream, SegmentRequest request, CancellationToken cancellation) =>
        await _current.ReadAsync(await _current.ReloadAsync(stream, cancellation), current => _segments.SegmentsAsync(current, request, cancellation));

    /// <summary>All pages of <see cref="SegmentsAsync(StreamDescription, SegmentRequest, CancellationToken)"/>.</summary>
    /// <inheritdoc cref="SegmentsAsync(StreamDescription, SegmentRequest, CancellationToken)"/>
    /// <param name="stream">The stream.</param>
    /// <param name="partition">Null: all partitions.</param>
    /// <param name="offset">Omits segments that end at or below this offset. Null: from the log start.</param>
    /// <param name="cancellation">Stops the calls.</param>
    public async Task<IReadOnlyList<SegmentListing>> SegmentsAsync(
        StreamDescription stream, PartitionId? partition, Offset? offset, CancellationToken cancellation) =>
        (await SegmentsAsync(stream, new SegmentRequest(partition, offset, null, int.MaxValue), cancellation)).Segments;

    /// <summary>Answers the reads that wait for events at once, without events, and lets no later read wait. Call when a graceful stop begins.</summary>
    public void StopWaiting() => _partitions.StopWaiting();

    /// <summary>Waits for appends in flight and writes a checkpoint of each partition appended to since its last one. Call on graceful stop.</summary>
    public Task DrainAsync(CancellationToken cancellation) => _partitions.DrainAsync(cancellation);

    private HeldPartition<ReadablePartition> Reading(StreamDescription stream, PartitionId partition) =>
        _partitions.Hold(stream, partition).Of(p => p.Reading);

    private LogEnds Ends() => new(
        _ends.Known,
        (stream, partitions, cancellation) => _current.ReadAsync(stream, current => _ends.FindAsync(current, partitions, cancellation)),
        (stream, partition, from, cancellation) =>
            _current.ReadAsync(stream, current => _reader.FindAsync(current, new ReadRequest(partition, from, 1, 1, TimeSpan.Zero), cancellation)));
}

/// <summary>A sequenced producer's new epoch.</summary>
/// <param name="Producer">The producer's id.</param>
/// <param name="Epoch">The epoch to send with every request as Producer-Epoch.</param>
/// <param name="NextSequences">By partition: the next Producer-Sequence at this epoch, always 0.</param>
public sealed record ProducerStart(string Producer, ProducerEpoch Epoch, IReadOnlyDictionary<PartitionId, SequenceNumber> NextSequences);
