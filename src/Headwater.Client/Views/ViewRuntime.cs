using System.Diagnostics.CodeAnalysis;
using Headwater.Core.Positions;
using Microsoft.Extensions.Logging;

namespace Headwater.Client;

/// <summary>Keeps the generation of a view that serves, and replaces it when its rows cannot be brought up to date.</summary>
internal sealed class ViewRuntime<TKey, TValue> : IAsyncDisposable
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    /// <summary>Rebuilds from the log start, one after the other, of a view that does not serve yet.</summary>
    private const int MostStarts = 3;

    private readonly CancellationTokenSource _stop = new();

    private readonly SemaphoreSlim _replacing = new(1);

    private readonly TimeProvider _time;

    private readonly ILogger _log;

    private readonly ViewSnapshots? _snapshots;

    private ViewOptions _options;

    private ViewDefinition<TKey, TValue> _definition;

    private ServedGeneration<TValue> _served;

    private TaskCompletionSource _changed = NewSignal();

    /// <summary>The programs that follow changes.</summary>
    public ChangeBuffers<TValue> Changes { get; } = new();

    private ViewRuntime(ViewDefinition<TKey, TValue> definition, ViewOptions options, ServedGeneration<TValue> served, ViewOrigin origin)
    {
        (_definition, _options, _served, Origin) = (definition, options, served, origin);
        ApiConnection api = served.Graph.Feeds.Values.First().Api;
        _time = api.Time;
        _log = api.Logging.CreateLogger(ViewLog.Category);
        _snapshots = options.Snapshots is { } store ? new ViewSnapshots(options, store, api.Time, _log) : null;
    }

    public ViewOrigin Origin { get; private set; }

    public Task Completion { get; private set; } = Task.CompletedTask;

    public string OnlyStream => _served.Run.Positions.Streams.ToList() is [var only]
        ? only
        : throw new InvalidOperationException("The view reads several streams. Name the one that the events are in.");

    public static async Task<ViewRuntime<TKey, TValue>> StartAsync(
        ViewDefinition<TKey, TValue> definition, ViewOptions options, CancellationToken cancellation)
    {
        var start = new GenerationStart<TKey, TValue>(definition, options);
        (ServedGeneration<TValue> served, ViewOrigin origin) = await start.RestoreAsync(cancellation);
        for (int attempt = 1; ; attempt++)
        {
            var runtime = new ViewRuntime<TKey, TValue>(definition, options, served, origin);
            try
            {
                await CatchUpAsync(served, cancellation);
                runtime.Serve(served, isBuilt: origin.Snapshot is null);
                runtime.Completion = Task.Run(runtime.SuperviseAsync, CancellationToken.None);
                return runtime;
            }
            catch (RebuildException stale) when (attempt < MostStarts)
            {
                await DiscardAsync(served, options);
                runtime._log.LogRebuilt(options.Name, stale.Reason, stale.Message);
                origin = new ViewOrigin(stale.Reason, stale.Message, null, origin.Skipped);
                served = await start.NewAsync(cancellation);
            }
            catch (RebuildException stale)
            {
                await served.CloseAsync();
                throw TooSlow(options, stale);
            }
            catch
            {
                await served.CloseAsync();
                throw;
            }
        }
    }

    /// <summary>Opens the rows of the generation that serves.</summary>
    public TableReader<TValue> Read()
    {
        while (true)
        {
            ServedGeneration<TValue> served = Volatile.Read(ref _served);
            if (served.TryRead() is { } rows)
            {
                return rows;
            }

            // The generation was closed because another one serves, or because the view was.
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
        }
    }

    public IReadOnlyList<EventPosition> PositionsOf(string stream)
    {
        ViewPositions positions = Volatile.Read(ref _served).Run.Positions;
        return [.. Enumerable.Range(0, CountOf(positions, stream)).Select(p => new EventPosition(new(p), positions.Of(stream, new(p))!.Value))];
    }

    public async Task WaitForAsync(string stream, EventPosition position, CancellationToken cancellation)
    {
        ViewPositions now = Volatile.Read(ref _served).Run.Positions;
        if (now.Of(stream, position.Partition) is null)
        {
            throw new ArgumentException($"Stream '{stream}' has no partition {position.Partition}; it has {CountOf(now, stream)}.", nameof(position));
        }

        await UntilAsync(positions => positions.Includes(stream, position), cancellation);
    }

    /// <param name="stream">Null: all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task WaitForEndAsync(string? stream, CancellationToken cancellation)
    {
        ViewPositions ends = await EndsAsync(Volatile.Read(ref _served).Graph, stream, cancellation);
        await UntilAsync(positions => positions.HasReached(ends), cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _served.Run.DisposeAsync();
        if (_snapshots is not null)
        {
            await _snapshots.FinishAsync(_served.Graph, _served.State);
        }

        await _served.CloseAsync();
        _replacing.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static int CountOf(ViewPositions positions, string stream) => positions.Streams.Contains(stream)
        ? Enumerable.Range(0, int.MaxValue).TakeWhile(p => positions.Of(stream, new(p)) is not null).Count()
        : throw new ArgumentException($"The view does not read stream '{stream}'; it reads {string.Join(", ", positions.Streams)}.", nameof(stream));

    private static HeadwaterException TooSlow(ViewOptions options, RebuildException stale) => new(
        HeadwaterException.ViewOutdated,
        $"View '{options.Name}' was built from the log start {MostStarts} times and could not catch up: {stale.Message} Raise the stream's tombstoneRetention "
        + "above the time that a build takes.",
        stale);

    private static async Task<ViewPositions> EndsAsync(ViewGraph graph, string? stream, CancellationToken cancellation)
    {
        List<(string, IReadOnlyList<PartitionPositions>)> ends = [];
        foreach ((string name, SourceFeed feed) in graph.Feeds)
        {
            if (stream is null || name == stream)
            {
                ends.Add((name, await feed.PositionsAsync(cancellation)));
            }
        }

        return ViewPositions.OfEnds(ends);
    }

    /// <summary>Starts a generation, and waits until it has read the log ends of now.</summary>
    private static async Task CatchUpAsync(ServedGeneration<TValue> next, CancellationToken cancellation)
    {
        ViewPositions ends = await EndsAsync(next.Graph, null, cancellation);
        TaskCompletionSource reached = NewSignal();
        next.Run.Committed = _ =>
        {
            if (next.Run.Positions.HasReached(ends))
            {
                reached.TrySetResult();
            }
        };
        if (next.Run.Positions.HasReached(ends))
        {
            reached.TrySetResult();
        }

        next.Run.Start();
        await await Task.WhenAny(reached.Task, next.Run.Completion).WaitAsync(cancellation);
    }

    private static async Task DiscardAsync(ServedGeneration<TValue> generation, ViewOptions options)
    {
        await generation.CloseAsync();
        options.Storage.Discard(generation.Generation);
    }

    /// <summary>Makes a generation the one that serves.</summary>
    private void Serve(ServedGeneration<TValue> next, bool isBuilt)
    {
        List<(string Key, Row<TValue> Row)> changes = [];
        bool isFirst = true; // The batch under way may have changed rows before it was watched.
        next.Watcher = (key, row) =>
        {
            if (!Changes.IsEmpty)
            {
                changes.Add((key, row));
            }
        };
        next.Run.Committed = events =>
        {
            Changes.Each(c =>
            {
                if (isFirst)
                {
                    c.Reset();
                }
                else
                {
                    c.Add(changes);
                }
            });
            isFirst = false;
            changes.Clear();
            _snapshots?.AfterCommit(events, next.Graph, next.State);
            Signal();
        };
        _options.Storage.Serve(next.Generation);
        Volatile.Write(ref _served, next);
        if (isBuilt)
        {
            _snapshots?.Renew();
        }

        Changes.Each(c => c.Reset());
        Signal();
    }

    private void Signal() => Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();

    private async Task UntilAsync(Func<ViewPositions, bool> isReached, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed = Volatile.Read(ref _changed).Task; // Taken before the look, so that no change is missed.
            if (isReached(Volatile.Read(ref _served).Run.Positions))
            {
                return;
            }

            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            await await Task.WhenAny(changed, Completion).WaitAsync(cancellation);
        }
    }

    private async Task SuperviseAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            ServedGeneration<TValue> served = Volatile.Read(ref _served);
            try
            {
                await served.Run.Completion.WaitAsync(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
            }
            catch (RebuildException stale)
            {
                _log.LogRebuilt(_options.Name, stale.Reason, stale.Message);
                await ReplaceAsync(served);
            }
            catch (Exception failed)
            {
                _log.LogViewFailed(_options.Name, failed);
                throw;
            }
        }
    }

    /// <summary>Builds another generation while the outdated one shows its last rows.</summary>
    private async Task ReplaceAsync(ServedGeneration<TValue> outdated)
    {
        await _replacing.WaitAsync(_stop.Token);
        try
        {
            while (Volatile.Read(ref _served) == outdated && !await TryReplaceAsync(outdated))
            {
                await Task.Delay(AfterFailure, _time, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        finally
        {
            _replacing.Release();
        }
    }

    /// <returns>False after a failure that may pass.</returns>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The generation serves, or is closed.")]
    private async Task<bool> TryReplaceAsync(ServedGeneration<TValue> outdated)
    {
        ServedGeneration<TValue>? next = null;
        try
        {
            next = await new GenerationStart<TKey, TValue>(_definition, _options).NewAsync(_stop.Token);
            await CatchUpAsync(next, _stop.Token);
            Serve(next, isBuilt: true);
            next = null;
            await DiscardAsync(outdated, _options);
            return true;
        }
        catch (Exception passing) when (passing is RebuildException or HeadwaterException { Retryable: true })
        {
            _log.LogRebuilt(_options.Name, RebuildReason.NothingStored, passing.Message);
            return false;
        }
        finally
        {
            if (next is not null)
            {
                await DiscardAsync(next, _options);
            }
        }
    }
}
