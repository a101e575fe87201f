using System.Globalization;

namespace Headwater.Client;

/// <summary>A row per key, from the latest rows of both sides.</summary>
internal sealed class KeyJoin<TKey, TLeft, TRight, TResult>(
    ViewDefinition<TKey, TLeft> left,
    ViewDefinition<TKey, TRight> right,
    ValueSerializer<TResult> results,
    Func<TKey, TLeft?, TRight?, TResult?> join) : ViewDefinition<TKey, TResult>(left.Keys, results)
    where TResult : class
{
    internal override ViewNode<TResult> Build(ViewGraph graph, string? name)
    {
        ViewNode<TLeft> lefts = graph.NodeOf(left);
        ViewNode<TRight> rights = graph.NodeOf(right);
        ViewNode<TResult> node = graph.NewNode(name ?? "join", Values);
        lefts.Watch((key, now) => Join(node, key, now, Row<TRight>.Of(rights.Table, key)));
        rights.Watch((key, now) => Join(node, key, Row<TLeft>.Of(lefts.Table, key), now));
        return node;
    }

    private void Join(ViewNode<TResult> node, string key, Row<TLeft> leftRow, Row<TRight> rightRow)
    {
        TResult? result = leftRow.Exists || rightRow.Exists ? join(Keys.Read(key), leftRow.Value, rightRow.Value) : null;
        node.Change(key, new Row<TResult>(result is not null, result));
    }
}

/// <summary>A row per row of the left side, with the row of the right side that it names. A table of names finds the left rows of a right one.</summary>
internal sealed class ForeignJoin<TKey, TLeft, TRightKey, TRight, TResult>(
    ViewDefinition<TKey, TLeft> left,
    ViewDefinition<TRightKey, TRight> right,
    ValueSerializer<TResult> results,
    Func<TLeft, TRightKey?> foreignKey,
    Func<TKey, TLeft, TRight?, TResult?> join) : ViewDefinition<TKey, TResult>(left.Keys, results)
    where TResult : class
{
    internal override ViewNode<TResult> Build(ViewGraph graph, string? name)
    {
        ViewNode<TLeft> lefts = graph.NodeOf(left);
        ViewNode<TRight> rights = graph.NodeOf(right);
        ViewNode<TResult> node = graph.NewNode(name ?? "join", Values);
        ViewTable<bool> names = graph.NewNode(node.Table.Name + " names", NumberValues.Flag).Table;
        lefts.Follow((key, before, now) =>
        {
            string? named = NameOf(now);
            if (NameOf(before) is { } earlier && earlier != named)
            {
                names.Remove(PrefixOf(earlier) + key);
            }

            if (named is not null)
            {
                names.Set(PrefixOf(named) + key, true);
            }

            Join(node, key, now, named is null ? default : Row<TRight>.Of(rights.Table, named));
        });
        rights.Watch((key, now) =>
        {
            string prefix = PrefixOf(key);
            foreach (string name in names.KeysOf(prefix))
            {
                string leftKey = name[prefix.Length..];
                Join(node, leftKey, Row<TLeft>.Of(lefts.Table, leftKey), now);
            }
        });
        return node;
    }

    /// <summary>The length shows where the name ends, so that no other name has the prefix.</summary>
    private static string PrefixOf(string name) => string.Create(CultureInfo.InvariantCulture, $"{name.Length}:{name}");

    private string? NameOf(Row<TLeft> row) => row.Exists && foreignKey(row.Value!) is { } key ? right.Keys.Write(key) : null;

    private void Join(ViewNode<TResult> node, string key, Row<TLeft> leftRow, Row<TRight> rightRow)
    {
        TResult? result = leftRow.Exists ? join(Keys.Read(key), leftRow.Value!, rightRow.Value) : null;
        node.Change(key, new Row<TResult>(result is not null, result));
    }
}
