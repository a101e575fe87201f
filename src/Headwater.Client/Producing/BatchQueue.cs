using System.Diagnostics.CodeAnalysis;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>The buffer of a producer: admits events in their order while there is room, and sends the batches of all partitions. Thread-safe.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A semaphore without a handle holds no resource.")]
internal sealed class BatchQueue
{
    private readonly Lock _gate = new();

    private readonly PartitionLane[] _lanes;

    private readonly Queue<Waiting> _waiting = new();

    private readonly BatchSender _sender;

    private readonly SemaphoreSlim _requests;

    private readonly long _capacity;

    private long _held;

    private int _flushes;

    private int _nextUnkeyed;

    private bool _isClosed;

    private HeadwaterException? _firstFailure;

    private HeadwaterException? _fatal;

    public BatchQueue(BatchSender sender, int partitions, ProducerOptions options, TimeProvider time)
    {
        _sender = sender;
        _capacity = options.BufferBytes;
        _requests = new SemaphoreSlim(options.MaxRequests);
        _lanes = [.. Enumerable.Range(0, partitions).Select(p => new PartitionLane(new PartitionId(p), options, time, Lingered))];
    }

    /// <param name="partition">Null: any.</param>
    /// <param name="line">The event. Copied during the call.</param>
    /// <param name="cancellation">Takes the event back, unless it has its place already.</param>
    public ValueTask<Task<AppendedEvent>> EnqueueAsync(PartitionId? partition, ReadOnlySpan<byte> line, CancellationToken cancellation)
    {
        var result = new TaskCompletionSource<AppendedEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
        Waiting waiting;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(Producer<>));
            ThrowIfBroken();
            PartitionLane lane = LaneOf(partition);
            if (_waiting.Count == 0 && HasRoomFor(line.Length))
            {
                Admit(lane, line, result);
                return new ValueTask<Task<AppendedEvent>>(result.Task);
            }

            waiting = new Waiting(lane, line.ToArray(), result);
            _waiting.Enqueue(waiting);
            if (_waiting.Count == 1)
            {
                PumpAll(); // No open batch may linger from now on.
            }
        }

        return new ValueTask<Task<AppendedEvent>>(AdmittedAsync(waiting, cancellation));
    }

    public async Task FlushAsync(CancellationToken cancellation)
    {
        Task[] unsettled;
        lock (_gate)
        {
            _flushes++;
            unsettled = [.. _lanes.SelectMany(l => l.Unsettled).Select(b => b.Settled), .. _waiting.Select(w => (Task)w.Result.Task)];
            PumpAll();
        }

        try
        {
            await Task.WhenAll(unsettled).WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            lock (_gate)
            {
                _flushes--;
            }
        }

        cancellation.ThrowIfCancellationRequested();
        ThrowFirstFailure();
    }

    public async Task CloseAsync()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
        }

        try
        {
            await FlushAsync(CancellationToken.None);
        }
        finally
        {
            foreach (PartitionLane lane in _lanes)
            {
                lane.Stop();
            }
        }
    }

    private static async Task<Task<AppendedEvent>> AdmittedAsync(Waiting waiting, CancellationToken cancellation)
    {
        await using CancellationTokenRegistration registration = cancellation.UnsafeRegister(
            static (state, token) => ((Waiting)state!).Admitted.TrySetCanceled(token), waiting);
        await waiting.Admitted.Task;
        return waiting.Result.Task;
    }

    private PartitionLane LaneOf(PartitionId? partition)
    {
        if (partition is { } known)
        {
            return _lanes[known.Value];
        }

        // Events without a key fill one batch before the next partition gets any.
        if (!_lanes[_nextUnkeyed].IsOpen)
        {
            _nextUnkeyed = (_nextUnkeyed + 1) % _lanes.Length;
        }

        return _lanes[_nextUnkeyed];
    }

    /// <summary>An event larger than the whole buffer has room in an empty one.</summary>
    private bool HasRoomFor(int bytes) => _held == 0 || _held + bytes <= _capacity;

    private void Admit(PartitionLane lane, ReadOnlySpan<byte> line, TaskCompletionSource<AppendedEvent> result)
    {
        _held += line.Length;
        lane.Add(line, result);
        Pump(lane);
    }

    private void Lingered(PartitionLane lane)
    {
        lock (_gate)
        {
            lane.MakeDue();
            Pump(lane);
        }
    }

    /// <summary>Sends the lane's next batch if one is due. A waiting event makes batches due, because only their results make room for it.</summary>
    private void Pump(PartitionLane lane)
    {
        if (_flushes > 0 || _waiting.Count > 0)
        {
            lane.MakeDue();
        }

        if (lane.TryBegin() is { } batch)
        {
            _ = SendAsync(lane, batch, batch.Bytes);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The events' callers and the next flush get it.")]
    private async Task SendAsync(PartitionLane lane, EventBatch batch, int bytes)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // The caller holds the lock.
        try
        {
            await _requests.WaitAsync();
            try
            {
                RequireUnbroken();
                await _sender.SendAsync(lane, batch, Note, CancellationToken.None);
            }
            finally
            {
                _requests.Release();
            }
        }
        catch (HeadwaterException failed)
        {
            Fail(batch, failed);
        }
        catch (Exception defect)
        {
            Fail(batch, new HeadwaterException(HeadwaterException.NoAnswer, $"The request was not finished: {defect.Message}", defect)
            {
                Appended = Appended.Unknown,
            });
        }
        finally
        {
            batch.FailUnsettled();
            Settle(lane, bytes);
        }
    }

    private void Fail(EventBatch batch, HeadwaterException failure)
    {
        Note(failure);
        BreakIf(failure);
        batch.Fail(failure);
    }

    private void Settle(PartitionLane lane, int bytes)
    {
        lock (_gate)
        {
            _held -= bytes;
            lane.End();
            while (_waiting.TryPeek(out Waiting? next) && HasRoomFor(next.Line.Length))
            {
                _waiting.Dequeue();
                if (next.Admitted.TrySetResult())
                {
                    Admit(next.Lane, next.Line, next.Result);
                }
                else
                {
                    next.Result.TrySetCanceled();
                }
            }

            Pump(lane);
            if (_waiting.Count > 0)
            {
                PumpAll();
            }
        }
    }

    private void PumpAll()
    {
        foreach (PartitionLane lane in _lanes)
        {
            Pump(lane);
        }
    }

    private void Note(HeadwaterException failure)
    {
        lock (_gate)
        {
            _firstFailure ??= failure;
        }
    }

    /// <summary>After these failures, no later batch can be stored in order, or none at all.</summary>
    private void BreakIf(HeadwaterException failure)
    {
        bool isGapPossible = _sender.IsSequenced && failure.Appended != Appended.No;
        bool isFenced = failure.Is(ErrorCode.StaleEpoch) || failure.Is(ErrorCode.EpochForgotten) || failure.Is(ErrorCode.SequenceGap);
        if (isGapPossible || isFenced || failure.Is(ErrorCode.StreamReplaced))
        {
            lock (_gate)
            {
                _fatal ??= failure;
            }
        }
    }

    private void RequireUnbroken()
    {
        lock (_gate)
        {
            ThrowIfBroken();
        }
    }

    private void ThrowIfBroken()
    {
        if (_fatal is { } fatal)
        {
            throw new HeadwaterException(fatal.Code, $"The producer takes no more events: {fatal.Message}", fatal)
            {
                Status = fatal.Status,
                Problem = fatal.Problem,
            };
        }
    }

    private void ThrowFirstFailure()
    {
        lock (_gate)
        {
            HeadwaterException? failure = _firstFailure;
            _firstFailure = null;
            if (failure is not null)
            {
                throw failure;
            }
        }
    }

    /// <summary>An event for which there is no room yet.</summary>
    private sealed record Waiting(PartitionLane Lane, byte[] Line, TaskCompletionSource<AppendedEvent> Result)
    {
        public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
