using Microsoft.Extensions.Logging;

namespace Headwater.Client;

/// <summary>Keeps the generation of a view that serves, and replaces it when its rows cannot be brought up to date.</summary>
internal sealed class ViewRuntime<TKey, TValue> : IAsyncDisposable
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    /// <summary>Builds of a view that does not serve yet.</summary>
    private const int MostStarts = 3;

    private readonly CancellationTokenSource _stop = new();

    private readonly SemaphoreSlim _replacing = new(1);

    private readonly TimeProvider _time;

    private readonly ILogger _log;

    private readonly ViewSnapshots? _snapshots;

    private readonly EarlierGenerations<TValue> _earlier;

    private ServedGeneration<TValue> _served;

    private ViewRuntime(ViewDefinition<TKey, TValue> definition, ViewOptions options, ServedGeneration<TValue> served, ViewOrigin origin)
    {
        (Definition, Options, _served, Origin) = (definition, options, served, origin);
        ApiConnection api = served.Graph.Feeds.Values.First().Api;
        _time = api.Time;
        _log = api.Logging.CreateLogger(ViewLog.Category);
        _earlier = new EarlierGenerations<TValue>(options, _time, _log);
        _snapshots = options.Snapshots is { } store ? new ViewSnapshots(options, store, api.Time, _log) : null;
        Waits = new ViewWaits<TValue>(() => Served);
    }

    public ViewOrigin Origin { get; }

    public ViewDefinition<TKey, TValue> Definition { get; set; }

    public ViewOptions Options { get; set; }

    public Task Completion { get; private set; } = Task.CompletedTask;

    public ServedGeneration<TValue> Served => Volatile.Read(ref _served);

    public ViewWaits<TValue> Waits { get; }

    /// <summary>The programs that follow changes.</summary>
    public ChangeBuffers<TValue> Changes { get; } = new();

    public static async Task<ViewRuntime<TKey, TValue>> StartAsync(
        ViewDefinition<TKey, TValue> definition, ViewOptions options, CancellationToken cancellation)
    {
        var start = new GenerationStart<TKey, TValue>(definition, options);
        ServedGeneration<TValue>? served = null;
        try
        {
            (served, ViewOrigin origin) = await start.RestoreAsync(cancellation);
            for (int attempt = 1; ; attempt++)
            {
                var view = new ViewRuntime<TKey, TValue>(definition, options, served, origin);
                try
                {
                    await served.CatchUpAsync(cancellation);
                    view.Begin(isBuilt: origin.Snapshot is null);
                    return view;
                }
                catch (RebuildException stale)
                {
                    await served.DiscardAsync(options.Storage);
                    served = null;
                    view._log.LogRebuilt(options.Name, stale.Reason, stale.Message);
                    if (origin.Reason != RebuildReason.None && attempt < MostStarts)
                    {
                        await Task.Delay(AfterFailure, view._time, cancellation); // A build failed, which another one at once may do too.
                    }

                    origin = new ViewOrigin(stale.Reason, stale.Message, null, origin.Skipped);
                    served = attempt < MostStarts ? await start.NewAsync(cancellation) : throw TooSlow(options, stale);
                }
            }
        }
        catch
        {
            await (served?.CloseAsync() ?? Task.CompletedTask);
            start.Release();
            throw;
        }
    }

    /// <summary>Opens the rows of the generation that serves.</summary>
    public TableReader<TValue> Read()
    {
        while (true)
        {
            if (Served.TryRead() is { } rows)
            {
                return rows;
            }

            // The generation was closed because another one serves, or because the view was.
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
        }
    }

    /// <summary>Builds a second generation beside the one that serves. One at a time.</summary>
    public async Task<RebuildReport<TKey, TValue>> RebuildAsync(RebuildOptions<TKey, TValue> options, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);
        await _replacing.WaitAsync(either.Token);
        try
        {
            return await new ViewRebuild<TKey, TValue>(this, options).RunAsync(either.Token);
        }
        finally
        {
            _replacing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await _replacing.WaitAsync(CancellationToken.None); // A rebuild that was under way has ended. The view takes no other one.
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _served.Run.DisposeAsync();
        if (_snapshots is not null)
        {
            bool isWhole = _served.Run.Completion.IsCompletedSuccessfully; // The positions of a run that failed may be ahead of its rows.
            await _snapshots.FinishAsync(isWhole ? _served.Run.Applied : null, _served.Graph, _served.State);
        }

        await _earlier.FinishAsync(_served);
        Options.Storage.Release();
    }

    /// <summary>Closes and deletes a generation that served, beside the view: a read of it may stay open for long.</summary>
    public void Discard(ServedGeneration<TValue> served) => _earlier.Discard(served);

    /// <summary>Another generation serves in place of one that had failed.</summary>
    public async Task ReviveAsync()
    {
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Supervise();
    }

    /// <summary>Makes a generation the one that serves.</summary>
    /// <param name="next">A generation whose run is started.</param>
    /// <param name="isBuilt">Whether its rows are in no snapshot.</param>
    public void Serve(ServedGeneration<TValue> next, bool isBuilt)
    {
        if (Served != next)
        {
            Served.Detach();
        }

        _snapshots?.Follow(isBuilt ? next.Run.Applied : null);
        var changes = new BatchChanges<TValue>(Changes);
        next.Run.IsServing = true;
        next.Watcher = changes.Add;
        next.Run.Publish = changes.Publish;
        next.Run.Committed = () =>
        {
            _snapshots?.AfterCommit(next.Run.Applied, next.Graph, next.State);
            Waits.Signal();
        };
        Options.Storage.Serve(next.Generation);
        Volatile.Write(ref _served, next);
        Changes.Publish(c => c.Reset());
        Waits.Signal();
    }

    private static HeadwaterException TooSlow(ViewOptions options, RebuildException stale) => new(
        HeadwaterException.ViewOutdated,
        $"View '{options.Name}' was started {MostStarts} times and could not catch up: {stale.Message} If tombstones expire, raise the stream's "
        + "tombstoneRetention above the time that a build takes.",
        stale);

    private void Begin(bool isBuilt)
    {
        Serve(_served, isBuilt);
        Supervise();
    }

    private void Supervise()
    {
        Completion = Task.Run(SuperviseAsync, CancellationToken.None);
        Waits.Ended = Completion;
    }

    private async Task SuperviseAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            ServedGeneration<TValue> served = Served;
            try
            {
                await served.Run.Completion.WaitAsync(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
            }
            catch (RebuildException stale)
            {
                _log.LogRebuilt(Options.Name, stale.Reason, stale.Message);
                await ReplaceAsync(served);
            }
            catch (Exception failed)
            {
                _log.LogViewFailed(Options.Name, failed);
                throw;
            }
        }
    }

    /// <summary>Builds another generation while the outdated one shows its last rows.</summary>
    private async Task ReplaceAsync(ServedGeneration<TValue> outdated)
    {
        try
        {
            await _replacing.WaitAsync(_stop.Token);
            try
            {
                while (Served == outdated && !await TryReplaceAsync(outdated))
                {
                    await Task.Delay(AfterFailure, _time, _stop.Token);
                }
            }
            finally
            {
                _replacing.Release();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    /// <returns>False after a failure that may pass.</returns>
    private async Task<bool> TryReplaceAsync(ServedGeneration<TValue> outdated)
    {
        ServedGeneration<TValue>? next = null;
        try
        {
            next = await new GenerationStart<TKey, TValue>(Definition, Options).NewAsync(_stop.Token);
            await next.CatchUpAsync(_stop.Token);
            Serve(next, isBuilt: true);
            next = null;
            Discard(outdated);
            return true;
        }
        catch (Exception passing) when (passing is RebuildException or HeadwaterException { IsOfService: true })
        {
            _log.LogRebuildRepeated(Options.Name, passing.Message);
            return false;
        }
        finally
        {
            if (next is not null)
            {
                await next.DiscardAsync(Options.Storage);
            }
        }
    }
}
