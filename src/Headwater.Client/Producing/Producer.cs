using System.Buffers;
using Headwater.Contracts.Answers;
using Headwater.Contracts.Json;
using Headwater.Core.Partitioning;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>
/// Appends events in batches, one request at a time per partition. Events of one key are stored in the order in which they were enqueued. No event is stored
/// twice, however often its request is sent again. Thread-safe.
/// </summary>
/// <typeparam name="T">The type of values.</typeparam>
public sealed class Producer<T> : IAsyncDisposable
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _scratch;

    private readonly StreamScope<T> _scope;

    private readonly StreamDescription _stream;

    private readonly BatchQueue _queue;

    private Producer(StreamScope<T> scope, StreamDescription stream, ProducerOptions options, int? epoch)
    {
        _scope = scope;
        _stream = stream;
        _queue = new BatchQueue(new BatchSender(scope.Api, scope.Path, stream, options, epoch), stream.Partitions, options, scope.Api.Time);
        Epoch = epoch;
    }

    /// <summary>The epoch of a sequenced producer; null otherwise.</summary>
    public int? Epoch { get; }

    /// <summary>Hands an event over. Completes when the event has a place in the buffer, which <see cref="ProducerOptions.BufferBytes"/> limits.</summary>
    /// <returns>A task that completes when the event is stored, or fails with a <see cref="HeadwaterException"/>.</returns>
    /// <exception cref="HeadwaterException">The value cannot be written as JSON; the producer was fenced, or its stream was replaced.</exception>
    /// <exception cref="ArgumentException">The stream is an entity stream and the event has no key.</exception>
    public ValueTask<Task<AppendedEvent>> EnqueueAsync(NewEvent<T> item, CancellationToken cancellation = default)
    {
        if (_stream.IsEntity && item.Key is null)
        {
            throw new ArgumentException($"Stream '{_stream.Name}' is an entity stream, so every event has a key.", nameof(item));
        }

        ArrayBufferWriter<byte> scratch = _scratch ??= new ArrayBufferWriter<byte>();
        scratch.ResetWrittenCount();
        EventLines.Write(scratch, item, _scope.Values, isTraced: true);
        PartitionId? partition = item.Key is { } key ? KeyPartitioner.For(key, _stream.Partitions) : null;
        return _queue.EnqueueAsync(partition, scratch.WrittenSpan, cancellation);
    }

    /// <summary>Appends an event, and returns when it is stored. To keep many events in flight, use <see cref="EnqueueAsync"/>.</summary>
    /// <param name="item">The event.</param>
    /// <param name="cancellation">Takes the event back while it waits for room in the buffer. After that the event is sent, and the call waits for it.</param>
    /// <exception cref="HeadwaterException">The event failed; <see cref="HeadwaterException.Appended"/> says whether it may be stored.</exception>
    public async Task<AppendedEvent> AppendAsync(NewEvent<T> item, CancellationToken cancellation = default) =>
        await await EnqueueAsync(item, cancellation);

    /// <summary>Sends what waits, and returns when every event enqueued before the call has its result.</summary>
    /// <param name="cancellation">Ends the wait. The events are still sent.</param>
    /// <exception cref="HeadwaterException">The first failure of an event since the last flush.</exception>
    public Task FlushAsync(CancellationToken cancellation = default) => _queue.FlushAsync(cancellation);

    /// <summary>
    /// Sends what waits, and returns when every event has its result. Each batch takes at most <see cref="ProducerOptions.RetryFor"/> and one request;
    /// the batches of a partition follow each other.
    /// </summary>
    /// <exception cref="HeadwaterException">The first failure of an event since the last flush.</exception>
    public ValueTask DisposeAsync() => new(_queue.CloseAsync());

    /// <summary>Starts a producer. A sequenced one begins an epoch.</summary>
    internal static async Task<Producer<T>> StartAsync(StreamScope<T> scope, ProducerOptions options, CancellationToken cancellation)
    {
        options.Validated(); // Before an epoch fences the earlier producer.
        StreamDescription stream = await scope.DescribeFittingAsync(produces: true, cancellation);
        int? epoch = null;
        if (options.ProducerId is { } id)
        {
            var request = new ApiRequest(HttpMethod.Post, $"{scope.Path}/producers/{Uri.EscapeDataString(id)}");
            ProducerStartAnswer started = await scope.Api.RetryAsync(request, ContractJson.Default.ProducerStartAnswer, cancellation);
            epoch = started.Epoch;
        }

        return new Producer<T>(scope, stream, options, epoch);
    }
}
