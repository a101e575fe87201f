using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Headwater.Client;

/// <summary>The rows of one part of a view, by key text.</summary>
public abstract class ViewTable
{
    private protected ViewTable(string name) => Name = name;

    /// <summary>The table's name, unique in its view.</summary>
    public string Name { get; }

    /// <summary>The committed rows of now, with values as JSON. Later commits do not change them. Disposing the sequence's enumerator releases them.</summary>
    internal abstract IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> Export();

    /// <summary>Sets a row in the batch under way.</summary>
    internal abstract void Import(string key, ReadOnlySpan<byte> value);
}

/// <summary>
/// The rows of one part of a view. One thread changes them, in batches; other threads read what is committed.
/// </summary>
/// <typeparam name="TValue">The type of values.</typeparam>
/// <param name="name">The table's name.</param>
/// <param name="values">Writes and reads values.</param>
public abstract class ViewTable<TValue>(string name, ValueSerializer<TValue> values) : ViewTable(name)
{
    /// <summary>Writes and reads values.</summary>
    protected ValueSerializer<TValue> Values { get; } = values;

    /// <summary>Finds a row, as the batch under way has left it.</summary>
    public abstract bool TryGet(string key, [MaybeNullWhen(false)] out TValue value);

    /// <summary>Sets a row in the batch under way.</summary>
    public abstract void Set(string key, TValue value);

    /// <summary>Removes a row in the batch under way.</summary>
    public abstract void Remove(string key);

    /// <summary>
    /// The keys that begin with a text, in order, as the batch under way has left them. The caller may change rows while it goes through them.
    /// </summary>
    public abstract IReadOnlyList<string> KeysOf(string prefix);

    /// <summary>The committed rows of now. Later commits do not change what the reader shows. Thread-safe; a reader is used by one thread at a time.</summary>
    public abstract TableReader<TValue> Read();

    internal sealed override IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> Export()
    {
        TableReader<TValue> rows = Read(); // Taken now, not when the first row is asked for.
        return Exported(rows);
    }

    internal sealed override void Import(string key, ReadOnlySpan<byte> value) => Set(key, Values.Read(value));

    private IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> Exported(TableReader<TValue> rows)
    {
        using (rows)
        {
            var json = new ArrayBufferWriter<byte>();
            using var writer = new Utf8JsonWriter(json);
            foreach ((string key, TValue value) in rows.Range(null, null))
            {
                json.ResetWrittenCount();
                writer.Reset();
                Values.Write(writer, value);
                writer.Flush();
                yield return new(key, json.WrittenMemory);
            }
        }
    }
}

/// <summary>The rows of a table at one point in time.</summary>
/// <typeparam name="TValue">The type of values.</typeparam>
public abstract class TableReader<TValue> : IDisposable
{
    /// <summary>The number of rows.</summary>
    public abstract long Count { get; }

    /// <summary>Finds a row.</summary>
    public abstract bool TryGet(string key, [MaybeNullWhen(false)] out TValue value);

    /// <summary>The rows in the order of their keys' UTF-8 bytes.</summary>
    /// <param name="from">The first key; null: no bound.</param>
    /// <param name="to">The key after the last one; null: no bound.</param>
    public abstract IEnumerable<KeyValuePair<string, TValue>> Range(string? from, string? to);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the reader holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
