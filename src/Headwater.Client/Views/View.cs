using System.Diagnostics.CodeAnalysis;

namespace Headwater.Client;

/// <summary>
/// Rows that follow the events of streams. Made by <see cref="ViewDefinition{TKey, TValue}.StartAsync"/>. Thread-safe. A read shows the rows of one commit;
/// rows that a rebuild has made take the place of the others between two reads.
/// </summary>
/// <typeparam name="TKey">The type of keys.</typeparam>
/// <typeparam name="TValue">The type of values.</typeparam>
public sealed class View<TKey, TValue> : IAsyncDisposable
{
    private readonly ViewKey<TKey> _keys;

    private readonly ViewRuntime<TKey, TValue> _runtime;

    private View(ViewKey<TKey> keys, ViewRuntime<TKey, TValue> runtime) => (_keys, _runtime) = (keys, runtime);

    /// <summary>Where the rows were from when the view started.</summary>
    public ViewOrigin Origin => _runtime.Origin;

    /// <summary>The number of rows.</summary>
    public long Count
    {
        get
        {
            using TableReader<TValue> rows = _runtime.Read();
            return rows.Count;
        }
    }

    /// <summary>Ends when the view is disposed. Fails if the view cannot go on; its rows then stay as they are.</summary>
    public Task Completion => _runtime.Completion;

    internal static async Task<View<TKey, TValue>> StartAsync(
        ViewDefinition<TKey, TValue> definition, ViewOptions options, CancellationToken cancellation)
    {
        options.Require();
        return new View<TKey, TValue>(definition.Keys, await ViewRuntime<TKey, TValue>.StartAsync(definition, options, cancellation));
    }

    /// <summary>Finds a row.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        using TableReader<TValue> rows = _runtime.Read();
        return rows.TryGet(_keys.Write(key), out value);
    }

    /// <summary>A row's value; default if there is no such row.</summary>
    public TValue? Get(TKey key) => TryGet(key, out TValue? value) ? value : default;

    /// <summary>All rows of one commit, in key order.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> Scan() => Rows(null, null);

    /// <summary>The rows of one commit from a key on, in key order.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> From(TKey first) => Rows(_keys.Write(first), null);

    /// <summary>The rows of one commit from a key up to another one, in key order.</summary>
    /// <param name="first">The first key.</param>
    /// <param name="end">The key after the last one.</param>
    public IEnumerable<KeyValuePair<TKey, TValue>> Range(TKey first, TKey end) => Rows(_keys.Write(first), _keys.Write(end));

    /// <summary>Waits until the view shows the event at a position, and what came before it in the partition.</summary>
    /// <param name="stream">The stream's name.</param>
    /// <param name="position">The event's position.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ArgumentException">The view does not read this stream, or the stream has no such partition.</exception>
    /// <exception cref="HeadwaterException"><c>stream_replaced</c>: the stream was deleted and created again during the wait.</exception>
    public Task WaitForAsync(string stream, EventPosition position, CancellationToken cancellation = default) =>
        _runtime.Waits.ForAsync(stream, position, null, cancellation);

    /// <inheritdoc cref="WaitForAsync(string, EventPosition, CancellationToken)"/>
    /// <exception cref="InvalidOperationException">The view reads several streams; name one.</exception>
    public Task WaitForAsync(EventPosition position, CancellationToken cancellation = default) =>
        WaitForAsync(_runtime.Waits.OnlyStream, position, cancellation);

    /// <summary>Waits until the view shows the events of an append.</summary>
    /// <param name="stream">The stream's name.</param>
    /// <param name="appended">What the append answered.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="HeadwaterException"><c>stream_replaced</c>: the stream that has the events was deleted.</exception>
    public async Task WaitForAsync(string stream, AppendResult appended, CancellationToken cancellation = default)
    {
        if (appended.Events.Any(e => e.Offset is null))
        {
            await _runtime.Waits.ForEndAsync(stream, cancellation);
        }

        foreach (EventPosition end in appended.Ends)
        {
            await _runtime.Waits.ForAsync(stream, end, appended.StreamId, cancellation);
        }
    }

    /// <inheritdoc cref="WaitForAsync(string, AppendResult, CancellationToken)"/>
    /// <exception cref="InvalidOperationException">The view reads several streams; name one.</exception>
    public Task WaitForAsync(AppendResult appended, CancellationToken cancellation = default) =>
        WaitForAsync(_runtime.Waits.OnlyStream, appended, cancellation);

    /// <summary>Waits until the view shows every event that is in the log now. Costs one request per stream.</summary>
    public Task WaitForEndAsync(CancellationToken cancellation = default) => _runtime.Waits.ForEndAsync(null, cancellation);

    /// <summary>The offset of the next event that the view will read, of each partition of a stream.</summary>
    /// <exception cref="ArgumentException">The view does not read this stream.</exception>
    public IReadOnlyList<EventPosition> Positions(string stream) => _runtime.Waits.Of(stream);

    /// <summary>
    /// The changes of rows after each commit from this call on, the newest of each key if the program is behind. They are kept while the program enumerates;
    /// an enumeration begins with a reset if rows have changed since the call. Ends when the view is disposed, and fails if the view does.
    /// </summary>
    public IAsyncEnumerable<ViewChange<TKey, TValue>> ChangesAsync(CancellationToken cancellation = default) =>
        _runtime.Changes.FollowAsync(_keys, _runtime.Completion, cancellation);

    /// <summary>
    /// Builds the rows from the log a second time while these serve, compares both at the same offsets, and lets the new rows take over if the program accepts
    /// them. No read is missed, and no read shows earlier offsets than a read before it. A view that has failed is compared as of its last commit, and goes on
    /// if the new rows take over.
    /// </summary>
    /// <exception cref="HeadwaterException">
    /// <c>view_outdated</c>, which is retryable: a stream was replaced or cut during the rebuild; a failure of the service.
    /// </exception>
    public Task<RebuildReport<TKey, TValue>> RebuildAsync(RebuildOptions<TKey, TValue>? options = null, CancellationToken cancellation = default) =>
        _runtime.RebuildAsync(options ?? new RebuildOptions<TKey, TValue>(), cancellation);

    /// <summary>Compares the rows of now with those of another source of truth, in bounded memory.</summary>
    /// <param name="source">The rows that the view should have, in any order.</param>
    /// <param name="options">How to compare.</param>
    /// <param name="cancellation">Stops the comparison.</param>
    public async Task<VerifyReport<TKey, TValue>> VerifyAsync(
        IAsyncEnumerable<(TKey Key, TValue Value)> source, VerifyOptions<TValue>? options = null, CancellationToken cancellation = default)
    {
        using TableReader<TValue> rows = _runtime.Read();
        ViewDefinition<TKey, TValue> definition = _runtime.Definition;
        return await SourceRows.VerifyAsync(
            _keys, definition.Values, rows.Range(null, null), source, options ?? new VerifyOptions<TValue>(), cancellation);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _runtime.DisposeAsync();

    private IEnumerable<KeyValuePair<TKey, TValue>> Rows(string? from, string? to)
    {
        using TableReader<TValue> rows = _runtime.Read();
        foreach ((string key, TValue value) in rows.Range(from, to))
        {
            yield return new(_keys.Read(key), value);
        }
    }
}
