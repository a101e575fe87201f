using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Headwater.Client;

/// <summary>Generations in memory. Readers and snapshots share immutable trees with the writer, so neither waits for the other.</summary>
internal sealed class MemoryStorage : ViewStorage
{
    public override bool IsDurable => false;

    public override ViewGeneration? OpenServing() => null;

    public override ViewGeneration CreateNext() => new MemoryGeneration();

    public override void Serve(ViewGeneration next)
    {
    }

    public override void Discard(ViewGeneration closed)
    {
    }
}

/// <summary>Tables in memory.</summary>
internal sealed class MemoryGeneration : ViewGeneration
{
    private readonly List<Action> _publish = [];

    public override ViewTable<TValue> OpenTable<TValue>(string name, ValueSerializer<TValue> values)
    {
        var table = new MemoryTable<TValue>(name, values);
        _publish.Add(table.Publish);
        return table;
    }

    public override byte[]? ReadState() => null;

    public override void Begin()
    {
    }

    public override void Commit(Func<byte[]> state) => _publish.ForEach(publish => publish());
}

/// <summary>Rows in memory.</summary>
internal sealed class MemoryTable<TValue>(string name, ValueSerializer<TValue> values) : ViewTable<TValue>(name, values)
{
    private readonly ImmutableSortedSet<KeyValuePair<string, TValue>>.Builder _batch = MemoryReader<TValue>.None.ToBuilder();

    private ImmutableSortedSet<KeyValuePair<string, TValue>> _committed = MemoryReader<TValue>.None;

    public void Publish() => Volatile.Write(ref _committed, _batch.ToImmutable());

    public override bool TryGet(string key, [MaybeNullWhen(false)] out TValue value)
    {
        bool isThere = _batch.TryGetValue(new(key, default!), out KeyValuePair<string, TValue> row);
        value = isThere ? row.Value : default;
        return isThere;
    }

    public override void Set(string key, TValue value)
    {
        var row = new KeyValuePair<string, TValue>(key, value);
        if (!_batch.Add(row))
        {
            _batch.Remove(row); // Rows of one key are equal, and adding an equal one changes nothing.
            _batch.Add(row);
        }
    }

    public override void Remove(string key) => _batch.Remove(new(key, default!));

    public override IReadOnlyList<string> KeysOf(string prefix) =>
    [
        .. new MemoryReader<TValue>(_batch.ToImmutable()).Range(prefix, null).Select(r => r.Key)
            .TakeWhile(k => k.StartsWith(prefix, StringComparison.Ordinal)),
    ];

    public override TableReader<TValue> Read() => new MemoryReader<TValue>(Volatile.Read(ref _committed));
}

/// <summary>Committed rows in memory. A set, because it finds the first row of a range; a dictionary does not.</summary>
internal sealed class MemoryReader<TValue>(ImmutableSortedSet<KeyValuePair<string, TValue>> rows) : TableReader<TValue>
{
    public static ImmutableSortedSet<KeyValuePair<string, TValue>> None { get; } = ImmutableSortedSet.Create<KeyValuePair<string, TValue>>(
        Comparer<KeyValuePair<string, TValue>>.Create((x, y) => KeyOrder.Instance.Compare(x.Key, y.Key)));

    public override long Count => rows.Count;

    public override bool TryGet(string key, [MaybeNullWhen(false)] out TValue value)
    {
        bool isThere = rows.TryGetValue(new(key, default!), out KeyValuePair<string, TValue> row);
        value = isThere ? row.Value : default;
        return isThere;
    }

    public override IEnumerable<KeyValuePair<string, TValue>> Range(string? from, string? to)
    {
        int end = to is null ? rows.Count : IndexOf(to);
        for (int i = from is null ? 0 : IndexOf(from); i < end; i++)
        {
            yield return rows[i];
        }
    }

    private int IndexOf(string key)
    {
        int index = rows.IndexOf(new(key, default!));
        return index >= 0 ? index : ~index;
    }
}
