namespace Headwater.Client;

/// <summary>The latest value of each key of a stream. A tombstone removes the row; an event without a key changes none.</summary>
internal sealed class LatestRows<T>(StreamScope<T> scope) : ViewDefinition<string, T>(ViewKeys.Text, scope.Values)
{
    internal override ViewNode<T> Build(ViewGraph graph, string? name)
    {
        ViewNode<T> node = graph.NewNode(name ?? scope.Stream, Values);
        graph.FeedOf(scope).Appliers.Add(item =>
        {
            if (item.Key is { } key)
            {
                node.Change(key, new Row<T>(!item.IsTombstone, item.Value));
            }
        });
        return node;
    }
}

/// <summary>A state per key, to which each event is added.</summary>
/// <param name="scope">The stream.</param>
/// <param name="keys">Writes and reads keys.</param>
/// <param name="states">Writes and reads states.</param>
/// <param name="keyOf">The key of an event's state; null: the event changes none.</param>
/// <param name="fold">The next state, from the one before (default if there is none); null removes the row.</param>
internal sealed class FoldedRows<T, TKey, TState>(
    StreamScope<T> scope,
    ViewKey<TKey> keys,
    ValueSerializer<TState> states,
    Func<ReceivedEvent<T>, TKey?> keyOf,
    Func<TState?, ReceivedEvent<T>, TState?> fold) : ViewDefinition<TKey, TState>(keys, states)
{
    internal override ViewNode<TState> Build(ViewGraph graph, string? name)
    {
        ViewNode<TState> node = graph.NewNode(name ?? scope.Stream, Values);
        graph.FeedOf(scope).Appliers.Add(item =>
        {
            if (keyOf(item) is not { } key)
            {
                return;
            }

            string text = Keys.Write(key);
            TState? next = fold(node.Table.TryGet(text, out TState? before) ? before : default, item);
            node.Change(text, new Row<TState>(next is not null, next));
        });
        return node;
    }
}
