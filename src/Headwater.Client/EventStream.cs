namespace Headwater.Client;

/// <summary>A stream of the log. Thread-safe and without state.</summary>
/// <typeparam name="T">The type of values.</typeparam>
public sealed class EventStream<T>
{
    private readonly StreamScope<T> _scope;

    internal EventStream(StreamScope<T> scope) => _scope = scope;

    internal StreamScope<T> Scope => _scope;

    /// <summary>The stream's name.</summary>
    public string Name => _scope.Stream;

    /// <summary>Describes the stream.</summary>
    /// <exception cref="HeadwaterException"><c>stream_not_found</c>.</exception>
    public Task<StreamDescription> DescribeAsync(CancellationToken cancellation = default) => _scope.DescribeAsync(cancellation);

    /// <summary>Every partition's first and next offset. Costs the service one listing and one read per partition.</summary>
    public Task<IReadOnlyList<PartitionPositions>> PositionsAsync(CancellationToken cancellation = default) =>
        StreamCalls.PositionsAsync(_scope.Api, Name, cancellation);

    /// <summary>Creates the stream with exactly these settings, unless an equal one exists.</summary>
    /// <exception cref="HeadwaterException"><c>stream_differs</c>, <c>schema_invalid</c>.</exception>
    public Task<StreamDescription> CreateAsync(StreamSettings settings, CancellationToken cancellation = default) =>
        StreamCalls.CreateAsync(_scope.Api, Name, settings, cancellation);

    /// <summary>
    /// Creates the stream, with a schema made of <typeparamref name="T"/> if the settings have none. A stream that exists must have the kind and the number of
    /// partitions, and a schema that <typeparamref name="T"/> fits; its other settings stay as they are.
    /// </summary>
    /// <exception cref="HeadwaterException">
    /// <c>stream_differs</c>; <c>type_mismatch</c>, which names every field that does not fit; <c>schema_invalid</c>.
    /// </exception>
    public Task<StreamDescription> EnsureAsync(StreamSettings? settings = null, CancellationToken cancellation = default) =>
        _scope.EnsureAsync(settings ?? new StreamSettings(), cancellation);

    /// <summary>Deletes the stream and all its events. Needs an administrator's key on Azure.</summary>
    /// <returns>False if there was no such stream.</returns>
    public Task<bool> DeleteAsync(CancellationToken cancellation = default) => StreamCalls.DeleteAsync(_scope.Api, Name, cancellation);

    /// <summary>
    /// Appends events in one request, each to the partition of its key. The events of a partition are stored together or not at all. Repeats the request until
    /// it succeeds or <see cref="HeadwaterClientOptions.RetryFor"/> has passed; no repeat stores an event twice.
    /// </summary>
    /// <exception cref="HeadwaterException"><see cref="HeadwaterException.Appended"/> says whether events are stored.</exception>
    public Task<AppendResult> AppendAsync(IReadOnlyList<NewEvent<T>> events, AppendOptions? options = null, CancellationToken cancellation = default) =>
        AppendCall.SendAsync(_scope, events, options ?? new AppendOptions(), cancellation);

    /// <summary>Starts a producer, which batches events. The type of values must fit the stream's schema.</summary>
    /// <exception cref="HeadwaterException"><c>stream_not_found</c>; <c>type_mismatch</c>, which names every field that does not fit.</exception>
    public Task<Producer<T>> StartProducerAsync(ProducerOptions? options = null, CancellationToken cancellation = default) =>
        Producer<T>.StartAsync(_scope, options ?? new ProducerOptions(), cancellation);

    /// <summary>Makes a consumer, which <see cref="Consumer{T}.RunAsync"/> starts. Sends nothing.</summary>
    public Consumer<T> NewConsumer(ConsumerOptions? options = null) => new(_scope, options ?? new ConsumerOptions());

    /// <summary>
    /// A consumer of this stream appends events that it cannot read or process to another stream, with the headers <c>poison_stream</c>,
    /// <c>poison_position</c> and <c>poison_error</c>.
    /// </summary>
    /// <param name="target">A stream that takes any JSON.</param>
    public PoisonPolicy PoisonTo(EventStream<ReadOnlyMemory<byte>> target) => PoisonPolicy.SendTo(target.Scope, Name);

    /// <summary>Reads events, in offset order within each partition.</summary>
    /// <exception cref="HeadwaterException">
    /// <c>stream_not_found</c>; <c>type_mismatch</c>; <c>offset_below_start</c>: retention deleted the event at which reading should begin or go on;
    /// <c>value_unreadable</c>.
    /// </exception>
    public IAsyncEnumerable<ReceivedEvent<T>> ReadAsync(ReadOptions? options = null, CancellationToken cancellation = default) =>
        StreamReading.ReadAsync(_scope, options ?? new ReadOptions(), cancellation);

    /// <summary>
    /// Replays the history from the segment files in the storage, decoded on all processors, and then ends or goes on live. The batches of a partition follow
    /// each other without a gap of offsets; where events are missing, <see cref="ReplayBatch{T}.Gaps"/> says which and why.
    /// </summary>
    /// <exception cref="HeadwaterException">
    /// <c>stream_not_found</c>; <c>stream_replaced</c>; <c>offset_beyond_end</c>; <c>type_mismatch</c>; <c>value_unreadable</c>; <c>corrupt_segment</c>: the
    /// message has the file and the position.
    /// </exception>
    public IAsyncEnumerable<ReplayBatch<T>> ReplayAsync(ReplayOptions? options = null, CancellationToken cancellation = default) =>
        ReplayRun<T>.ReplayAsync(_scope, options ?? new ReplayOptions(), cancellation);
}
