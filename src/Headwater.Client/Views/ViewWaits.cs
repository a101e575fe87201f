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

    private ViewPositions Positions => serving().Run.Positions;

    /// <summary>Another commit is visible, or another generation serves.</summary>
    public void Signal() =>
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    public IReadOnlyList<EventPosition> Of(string stream)
    {
        ViewPositions positions = Positions;
        return [.. Enumerable.Range(0, CountOf(positions, stream)).Select(p => new EventPosition(new(p), positions.Of(stream, new(p))!.Value))];
    }

    public async Task ForAsync(string stream, EventPosition position, CancellationToken cancellation)
    {
        int partitions = CountOf(Positions, stream);
        if (position.Partition.Value >= partitions)
        {
            throw new ArgumentException(
                $"Stream '{stream}' has no partition {position.Partition}; valid partitions are 0 to {partitions - 1}.", nameof(position));
        }

        await UntilAsync(positions => positions.Includes(stream, position), cancellation);
    }

    /// <param name="stream">Null: all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task ForEndAsync(string? stream, CancellationToken cancellation)
    {
        ViewPositions ends = await serving().Graph.EndsAsync(stream, cancellation);
        await UntilAsync(positions => positions.HasReached(ends), cancellation);
    }

    private static int CountOf(ViewPositions positions, string stream) => positions.CountOf(stream)
        ?? throw new ArgumentException($"The view does not read stream '{stream}'; it reads {string.Join(", ", positions.Streams)}.", nameof(stream));

    private async Task UntilAsync(Func<ViewPositions, bool> isReached, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed = Volatile.Read(ref _changed).Task; // Taken before the look, so that no change is missed.
            if (isReached(Positions))
            {
                return;
            }

            ObjectDisposedException.ThrowIf(Ended.IsCompletedSuccessfully, this);
            await await Task.WhenAny(changed, Ended).WaitAsync(cancellation);
        }
    }
}
