using System.Diagnostics.CodeAnalysis;

namespace Headwater.Log.Segments;

/// <summary>Values by name, up to a number of bytes: beyond it, the least recently used are dropped. Thread-safe.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <param name="mostBytes">The limit. A value that alone exceeds it is not kept.</param>
internal sealed class LruCache<T>(long mostBytes)
    where T : class
{
    private readonly Lock _gate = new();

    private readonly Dictionary<string, LinkedListNode<Entry>> _nodes = new(StringComparer.Ordinal);

    /// <summary>The most recently used first.</summary>
    private readonly LinkedList<Entry> _used = [];

    private long _bytes;

    /// <summary>Bytes of the values kept.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    public bool TryGet(string name, [NotNullWhen(true)] out T? value)
    {
        lock (_gate)
        {
            if (!_nodes.TryGetValue(name, out LinkedListNode<Entry>? node))
            {
                value = null;
                return false;
            }

            _used.Remove(node);
            _used.AddFirst(node);
            value = node.Value.Value;
            return true;
        }
    }

    /// <summary>Keeps a value in place of any other of the same name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <param name="bytes">The memory that it takes.</param>
    public void Set(string name, T value, long bytes)
    {
        lock (_gate)
        {
            if (_nodes.TryGetValue(name, out LinkedListNode<Entry>? old))
            {
                Drop(old);
            }

            _nodes[name] = _used.AddFirst(new Entry(name, value, bytes));
            _bytes += bytes;
            while (_bytes > mostBytes && _used.Last is { } least)
            {
                Drop(least);
            }
        }
    }

    /// <summary>Drops a value.</summary>
    public void Remove(string name)
    {
        lock (_gate)
        {
            if (_nodes.TryGetValue(name, out LinkedListNode<Entry>? node))
            {
                Drop(node);
            }
        }
    }

    private void Drop(LinkedListNode<Entry> node)
    {
        _used.Remove(node);
        _nodes.Remove(node.Value.Name);
        _bytes -= node.Value.Bytes;
    }

    private readonly record struct Entry(string Name, T Value, long Bytes);
}
