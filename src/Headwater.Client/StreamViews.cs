namespace Headwater.Client;

/// <summary>Definitions of views over streams.</summary>
public static class StreamViews
{
    /// <summary>
    /// The latest value of each key: for an entity stream, the entities' states. A tombstone removes the row. An event without a key changes nothing.
    /// </summary>
    public static ViewDefinition<string, T> Latest<T>(this EventStream<T> stream) => new LatestRows<T>(stream.Scope);

    /// <summary>The number of events of each key.</summary>
    public static ViewDefinition<string, long> Count<T>(this EventStream<T> stream) => stream.Count(ViewKeys.Text, e => e.Key);

    /// <summary>The number of events of each key that a function takes from them.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="keys">Writes and reads keys.</param>
    /// <param name="keyOf">The key that an event counts for; null: none.</param>
    public static ViewDefinition<TKey, long> Count<T, TKey>(this EventStream<T> stream, ViewKey<TKey> keys, Func<ReceivedEvent<T>, TKey?> keyOf) =>
        new FoldedRows<T, TKey, long>(stream.Scope, keys, NumberValues.Long, keyOf, (count, _) => count + 1);

    /// <summary>The sum over the events of each key.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="amount">What an event adds.</param>
    public static ViewDefinition<string, decimal> Sum<T>(this EventStream<T> stream, Func<ReceivedEvent<T>, decimal> amount) =>
        stream.Sum(ViewKeys.Text, e => e.Key, amount);

    /// <summary>The sum over the events of each key that a function takes from them.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="keys">Writes and reads keys.</param>
    /// <param name="keyOf">The key that an event is added to; null: none.</param>
    /// <param name="amount">What an event adds.</param>
    public static ViewDefinition<TKey, decimal> Sum<T, TKey>(
        this EventStream<T> stream, ViewKey<TKey> keys, Func<ReceivedEvent<T>, TKey?> keyOf, Func<ReceivedEvent<T>, decimal> amount) =>
        new FoldedRows<T, TKey, decimal>(stream.Scope, keys, NumberValues.Decimal, keyOf, (sum, item) => sum + amount(item));

    /// <summary>The last event's value of each key, also if later events have no value: those change nothing.</summary>
    public static ViewDefinition<string, T> Last<T>(this EventStream<T> stream) =>
        new FoldedRows<T, string, T>(stream.Scope, ViewKeys.Text, stream.Scope.Values, e => e.Key, (last, item) => item.IsTombstone ? last : item.Value);

    /// <summary>A state per key of the events, to which each event is added in the order of its partition.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="states">Writes and reads states.</param>
    /// <param name="fold">
    /// The next state, from the one before (default if there is none) and the event; null removes the row. Must not change the state that it is given, and must
    /// depend on its arguments alone.
    /// </param>
    public static ViewDefinition<string, TState> Fold<T, TState>(
        this EventStream<T> stream, ValueSerializer<TState> states, Func<TState?, ReceivedEvent<T>, TState?> fold) =>
        stream.Fold(ViewKeys.Text, e => e.Key, states, fold);

    /// <summary>
    /// A state per key that a function takes from the events. If events of one key are in several partitions, the fold must give the same state in every order
    /// of the partitions, as a sum does; otherwise a rebuild differs.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="keys">Writes and reads keys.</param>
    /// <param name="keyOf">The key of the state that an event is added to; null: none.</param>
    /// <param name="states">Writes and reads states.</param>
    /// <param name="fold">As for the other overload.</param>
    public static ViewDefinition<TKey, TState> Fold<T, TKey, TState>(
        this EventStream<T> stream,
        ViewKey<TKey> keys,
        Func<ReceivedEvent<T>, TKey?> keyOf,
        ValueSerializer<TState> states,
        Func<TState?, ReceivedEvent<T>, TState?> fold) => new FoldedRows<T, TKey, TState>(stream.Scope, keys, states, keyOf, fold);

    /// <summary>
    /// Compares the latest value of each key, up to the log end of now, with another source of truth, in bounded memory. Events without a key are left out.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="source">The values that the keys should have, in any order.</param>
    /// <param name="options">How to compare.</param>
    /// <param name="cancellation">Stops the comparison.</param>
    public static Task<VerifyReport<string, T>> VerifyLatestAsync<T>(
        this EventStream<T> stream,
        IAsyncEnumerable<(string Key, T Value)> source,
        VerifyOptions<T>? options = null,
        CancellationToken cancellation = default) =>
        SourceRows.VerifyLatestAsync(stream.Scope, source, options ?? new VerifyOptions<T>(), cancellation);
}
