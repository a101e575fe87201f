using System.Text.Json.Serialization.Metadata;

namespace Headwater.Client;

/// <summary>
/// What the rows of a view are, as functions of the events of streams. Sends nothing and holds no row; <see cref="StartAsync"/> makes a view of it.
/// </summary>
/// <typeparam name="TKey">The type of keys.</typeparam>
/// <typeparam name="TValue">The type of values.</typeparam>
public abstract class ViewDefinition<TKey, TValue>
{
    private protected ViewDefinition(ViewKey<TKey> keys, ValueSerializer<TValue> values) => (Keys, Values) = (keys, values);

    internal ViewKey<TKey> Keys { get; }

    internal ValueSerializer<TValue> Values { get; }

    /// <summary>
    /// Joins the rows of two views by key. A row of the result depends on the latest rows of both sides alone, so the order in which their events are read
    /// does not matter.
    /// </summary>
    /// <param name="right">The other view.</param>
    /// <param name="type">The type of the results.</param>
    /// <param name="join">
    /// Makes the result of a key that is on at least one side; a side without the key is default. Null: the result has no row. Must depend on its arguments
    /// alone.
    /// </param>
    public ViewDefinition<TKey, TResult> Join<TRight, TResult>(
        ViewDefinition<TKey, TRight> right, JsonTypeInfo<TResult> type, Func<TKey, TValue?, TRight?, TResult?> join)
        where TResult : class => new KeyJoin<TKey, TValue, TRight, TResult>(this, right, ValueSerializers.Of(type), join);

    /// <summary>
    /// Joins each row with the row of another view that it names. A change of a row there changes every row that names it. A row of the result depends on the
    /// latest rows of both sides alone.
    /// </summary>
    /// <param name="right">The other view.</param>
    /// <param name="foreignKey">The key that a row names; null: none.</param>
    /// <param name="type">The type of the results.</param>
    /// <param name="join">
    /// Makes the result of a row; the other side is default if it has no such key. Null: the result has no row. Must depend on its arguments alone.
    /// </param>
    public ViewDefinition<TKey, TResult> JoinBy<TRightKey, TRight, TResult>(
        ViewDefinition<TRightKey, TRight> right,
        Func<TValue, TRightKey?> foreignKey,
        JsonTypeInfo<TResult> type,
        Func<TKey, TValue, TRight?, TResult?> join)
        where TResult : class => new ForeignJoin<TKey, TValue, TRightKey, TRight, TResult>(this, right, ValueSerializers.Of(type), foreignKey, join);

    /// <summary>
    /// Starts a view: restores what is stored, or builds it from the log, and reads on. Completes when the view has read the log end of the start.
    /// </summary>
    /// <exception cref="HeadwaterException">
    /// <c>stream_not_found</c>; <c>type_mismatch</c>; <c>value_unreadable</c>; <c>view_outdated</c>: the view cannot be built within the tombstone retention; a
    /// failure of the service.
    /// </exception>
    public Task<View<TKey, TValue>> StartAsync(ViewOptions options, CancellationToken cancellation = default) =>
        View<TKey, TValue>.StartAsync(this, options, cancellation);

    /// <summary>Opens the tables in which the rows are kept, and says how events change them.</summary>
    internal abstract ViewNode<TValue> Build(ViewGraph graph, string? name);
}
