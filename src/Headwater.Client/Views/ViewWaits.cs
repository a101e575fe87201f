using Headwater.Contracts.Errors;

namespace Headwater.Client;

/// <summary>Waits for positions of the generation that serves.</summary>
/// <param name="serving">The generation that serves now.</param>
internal sealed class ViewWaits<TValue>(Func<ServedGeneration<TValue>> serving)
{
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends the waits: the view has ended.</summary>
    public Task Ended { get; set; } = Task.CompletedTask;

    public string OnlyStream => Positions.Streams.ToList() is [var only]
        ? only
        : throw new InvalidOperationException("The view reads several streams. Name the one that the events are in.");

    private GenerationRun Run => serving().Run;

    private ViewPositions Positions => Run.Positions;

    /// <summary>Another commit is visible, or another generation serves.</summary>
    public void Signal() =>
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    public IReadOnlyList<EventPosition> Of(string stream)
    {
        ViewPositions positions = Positions;
        return [.. Enumerable.Range(0, CountOf(positions, stream)).Select(p => new EventPosition(new(p), positions.Of(stream, new(p))!.Value))];
    }

    /// <param name="stream">The stream's name.</param>
    /// <param name="position">The event's position.</param>
    /// <param name="streamId">The id of the stream that has the event; null: that of the stream which the view reads now.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="HeadwaterException">stream_replaced: the event is of a stream that was deleted.</exception>
    public async Task ForAsync(string stream, EventPosition position, string? streamId, CancellationToken cancellation)
    {
        int partitions = CountOf(Positions, stream);
        string first = Run.StreamIds[stream];
        string id = streamId ?? first;
        if (first != id)
        {
            await RequireNewestAsync(stream, id, cancellation);
        }
        else if (position.Partition.Value >= partitions)
        {
            throw new ArgumentException(
                $"Stream '{stream}' has no partition {position.Partition}; valid partitions are 0 to {partitions - 1}.", nameof(position));
        }

        bool mayBeBehind = first != id;
        await UntilAsync(
            run =>
            {
                string? read = run.StreamIds.GetValueOrDefault(stream);
                mayBeBehind &= read == first;
                return read == id ? run.Positions.Includes(stream, position) : mayBeBehind ? false : throw Replaced(stream);
            },
            cancellation);
    }

    /// <param name="stream">Null: all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task ForEndAsync(string? stream, CancellationToken cancellation)
    {
        GenerationRun? reached = null;
        while (reached is null)
        {
            ServedGeneration<TValue> served = serving();
            ViewPositions ends = await served.Graph.EndsAsync(stream, cancellation);
            await UntilAsync(
                run =>
                {
                    bool isOther = served.Run.StreamIds.Any(s => run.StreamIds.GetValueOrDefault(s.Key) != s.Value); // Then the ends are of another stream.
                    reached = !isOther && run.Positions.HasReached(ends) ? run : null;
                    return isOther || reached is not null;
                },
                cancellation);
        }
    }

    private static HeadwaterException Replaced(string stream) => new(
        ErrorCode.StreamReplaced.WireName(), $"Stream '{stream}' was deleted and created again, and the event is of the deleted one.");

    /// <summary>A view that reads another stream is behind, or the event is of a stream that was deleted.</summary>
    private async Task RequireNewestAsync(string stream, string id, CancellationToken cancellation)
    {
        if ((await serving().Graph.Feeds[stream].DescribeAsync(cancellation)).StreamId != id)
        {
            throw Replaced(stream);
        }
    }

    private static int CountOf(ViewPositions positions, string stream) => positions.CountOf(stream)
        ?? throw new ArgumentException($"The view does not read stream '{stream}'; it reads {string.Join(", ", positions.Streams)}.", nameof(stream));

    private async Task UntilAsync(Func<GenerationRun, bool> isReached, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed = Volatile.Read(ref _changed).Task; // Taken before the look, so that no change is missed.
            if (isReached(Run))
            {
                return;
            }

            ObjectDisposedException.ThrowIf(Ended.IsCompletedSuccessfully, this);
            await await Task.WhenAny(changed, Ended).WaitAsync(cancellation);
        }
    }
}
