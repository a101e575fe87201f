namespace Headwater.Client;

/// <summary>A generation of a view: its tables, its rows and the run that reads events. Reads keep it open until they have ended.</summary>
internal sealed class ServedGeneration<TValue>
{
    private readonly ViewNode<TValue> _rows;

    private readonly Lock _gate = new();

    private readonly TaskCompletionSource _unused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _reads;

    private bool _isClosing;

    public ServedGeneration(ViewGraph graph, ViewGeneration generation, ViewNode<TValue> rows, GenerationRun run, Func<ViewState> state)
    {
        (Graph, Generation, _rows, Run, State) = (graph, generation, rows, run, state);
        rows.Watch((key, row) => Watcher?.Invoke(key, row));
    }

    public ViewGraph Graph { get; }

    public ViewGeneration Generation { get; }

    public GenerationRun Run { get; }

    public Func<ViewState> State { get; }

    /// <summary>Called for each change of a row, on the run's loop.</summary>
    public Action<string, Row<TValue>>? Watcher { get; set; }

    /// <summary>Opens the committed rows.</summary>
    /// <returns>Null if the generation is closing.</returns>
    public TableReader<TValue>? TryRead()
    {
        lock (_gate)
        {
            if (_isClosing)
            {
                return null;
            }

            _reads++;
        }

        try
        {
            return new Reader(_rows.Table.Read(), EndRead);
        }
        catch
        {
            EndRead();
            throw;
        }
    }

    /// <summary>Starts the run, and waits until it has read the log ends of now.</summary>
    /// <exception cref="RebuildException">The rows cannot be brought up to date from where they are.</exception>
    public async Task CatchUpAsync(CancellationToken cancellation)
    {
        ViewPositions ends = await Graph.EndsAsync(null, cancellation);
        Run.Start();
        await ReachAsync(ends, cancellation);
    }

    /// <summary>Waits until a run that does not serve has read up to positions.</summary>
    public async Task ReachAsync(ViewPositions ends, CancellationToken cancellation)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void SetIfReached()
        {
            if (Run.Positions.HasReached(ends))
            {
                reached.TrySetResult();
            }
        }

        Run.Committed = SetIfReached;
        SetIfReached();
        await await Task.WhenAny(reached.Task, Run.Completion).WaitAsync(cancellation);
    }

    /// <summary>Ends the run, and closes the generation when its last read has ended.</summary>
    /// <param name="enough">Completes when reads that are still open are not waited for any more; null: never.</param>
    public async Task CloseAsync(Task? enough = null)
    {
        await Run.DisposeAsync();
        lock (_gate)
        {
            _isClosing = true;
            if (_reads == 0)
            {
                _unused.TrySetResult();
            }
        }

        await (enough is null ? _unused.Task : Task.WhenAny(_unused.Task, enough));
        Generation.Dispose();
    }

    /// <summary>Closes the generation and deletes it.</summary>
    /// <param name="storage">Has the generation.</param>
    /// <param name="enough">As for <see cref="CloseAsync"/>.</param>
    public async Task DiscardAsync(ViewStorage storage, Task? enough = null)
    {
        await CloseAsync(enough);
        storage.Discard(Generation);
    }

    /// <summary>The generation serves no more: what it commits from now on is not shown.</summary>
    public void Detach() => (Watcher, Run.Publish, Run.Committed) = (null, () => { }, () => { });

    private void EndRead()
    {
        lock (_gate)
        {
            if (--_reads == 0 && _isClosing)
            {
                _unused.TrySetResult();
            }
        }
    }

    private sealed class Reader(TableReader<TValue> rows, Action end) : TableReader<TValue>
    {
        private bool _isDisposed;

        public override long Count => rows.Count;

        public override bool TryGet(string key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out TValue value) => rows.TryGet(key, out value);

        public override IEnumerable<KeyValuePair<string, TValue>> Range(string? from, string? to) => rows.Range(from, to);

        protected override void Dispose(bool disposing)
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                rows.Dispose();
                end();
            }

            base.Dispose(disposing);
        }
    }
}
