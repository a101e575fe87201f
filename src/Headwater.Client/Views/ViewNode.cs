namespace Headwater.Client;

/// <summary>A row, or that there is none.</summary>
internal readonly record struct Row<TValue>(bool Exists, TValue? Value)
{
    public static Row<TValue> Of(ViewTable<TValue> table, string key) => table.TryGet(key, out TValue? value) ? new(true, value) : default;
}

/// <summary>A table and what follows from a change of its rows.</summary>
internal sealed class ViewNode<TValue>(ViewTable<TValue> table)
{
    private readonly List<Action<string, Row<TValue>, Row<TValue>>> _followers = [];

    private readonly List<Action<string, Row<TValue>>> _watchers = [];

    public ViewTable<TValue> Table => table;

    /// <summary>Adds what follows from a change, from the row before and the row now.</summary>
    public void Follow(Action<string, Row<TValue>, Row<TValue>> follower) => _followers.Add(follower);

    /// <summary>Adds what follows from a change, from the row now.</summary>
    public void Watch(Action<string, Row<TValue>> watcher) => _watchers.Add(watcher);

    public void Set(string key, TValue value) => Change(key, new Row<TValue>(true, value));

    /// <summary>Sets or removes a row.</summary>
    public void Change(string key, Row<TValue> now)
    {
        Row<TValue> before = _followers.Count > 0 ? Row<TValue>.Of(table, key) : default;
        if (now.Exists)
        {
            table.Set(key, now.Value!);
        }
        else
        {
            table.Remove(key);
        }

        _followers.ForEach(f => f(key, before, now));
        _watchers.ForEach(w => w(key, now));
    }
}
