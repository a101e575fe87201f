using System.Runtime.CompilerServices;

namespace Headwater.Client;

/// <summary>A change of a view's row.</summary>
/// <param name="Key">The row's key; default if the change is a reset.</param>
/// <param name="Exists">Whether the row is there after the change.</param>
/// <param name="Value">The row's value; default if it is not there.</param>
public readonly record struct ViewChange<TKey, TValue>(TKey? Key, bool Exists, TValue? Value)
{
    /// <summary>
    /// Whether any row may have changed, so that the program must read them again: another generation serves, or the program was more than 100,000 keys behind.
    /// </summary>
    public bool IsReset { get; init; }
}

/// <summary>The changes that a program has not taken yet: the newest of each key.</summary>
internal sealed class ChangeBuffer<TValue>
{
    private const int MostKeys = 100_000;

    private readonly Lock _gate = new();

    private Dictionary<string, Row<TValue>> _changed = new(StringComparer.Ordinal);

    private bool _isReset;

    private TaskCompletionSource _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(IReadOnlyList<(string Key, Row<TValue> Row)> changes)
    {
        lock (_gate)
        {
            foreach ((string key, Row<TValue> row) in changes)
            {
                _changed[key] = row;
            }

            if (_changed.Count > MostKeys)
            {
                _changed.Clear();
                _isReset = true;
            }

            _signal.TrySetResult();
        }
    }

    /// <summary>Changes before the reset are of no use.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _changed.Clear();
            _isReset = true;
            _signal.TrySetResult();
        }
    }

    /// <summary>Waits for changes and takes them.</summary>
    public async Task<(bool IsReset, Dictionary<string, Row<TValue>> Changes)> TakeAsync(Task ended, CancellationToken cancellation)
    {
        while (true)
        {
            Task signal;
            lock (_gate)
            {
                if (_isReset || _changed.Count > 0)
                {
                    (bool, Dictionary<string, Row<TValue>>) taken = (_isReset, _changed);
                    (_isReset, _changed) = (false, new(StringComparer.Ordinal));
                    _signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    return taken;
                }

                signal = _signal.Task;
            }

            if (await Task.WhenAny(signal, ended).WaitAsync(cancellation) == ended)
            {
                await ended;
                return (false, []);
            }
        }
    }
}

/// <summary>The changes of a generation's batch, which are published with its commit.</summary>
internal sealed class BatchChanges<TValue>(ChangeBuffers<TValue> followers)
{
    private readonly List<(string Key, Row<TValue> Row)> _changes = [];

    /// <summary>Whether the batch under way may have changed rows before they were watched.</summary>
    private bool _isPartial = true;

    public void Add(string key, Row<TValue> row)
    {
        if (!followers.IsEmpty)
        {
            _changes.Add((key, row));
        }
    }

    public void Publish()
    {
        if (_isPartial)
        {
            _isPartial = false;
            followers.Each(f => f.Reset());
        }
        else if (_changes.Count > 0)
        {
            followers.Each(f => f.Add(_changes));
        }

        _changes.Clear();
    }
}

/// <summary>The programs that follow a view's changes.</summary>
internal sealed class ChangeBuffers<TValue>
{
    private readonly Lock _gate = new();

    private ChangeBuffer<TValue>[] _buffers = [];

    public bool IsEmpty => Volatile.Read(ref _buffers).Length == 0;

    public void Each(Action<ChangeBuffer<TValue>> action)
    {
        foreach (ChangeBuffer<TValue> buffer in Volatile.Read(ref _buffers))
        {
            action(buffer);
        }
    }

    /// <summary>Changes from now on, until the view ends or the program stops.</summary>
    public IAsyncEnumerable<ViewChange<TKey, TValue>> FollowAsync<TKey>(ViewKey<TKey> keys, Task ended, CancellationToken cancellation)
    {
        var buffer = new ChangeBuffer<TValue>(); // Added now, not when the first change is asked for.
        lock (_gate)
        {
            _buffers = [.. _buffers, buffer];
        }

        return FollowAsync(buffer, keys, ended, cancellation);
    }

    private async IAsyncEnumerable<ViewChange<TKey, TValue>> FollowAsync<TKey>(
        ChangeBuffer<TValue> buffer, ViewKey<TKey> keys, Task ended, [EnumeratorCancellation] CancellationToken cancellation)
    {
        try
        {
            while (await buffer.TakeAsync(ended, cancellation) is { } taken && (taken.IsReset || taken.Changes.Count > 0))
            {
                if (taken.IsReset)
                {
                    yield return new ViewChange<TKey, TValue> { IsReset = true };
                }

                foreach ((string key, Row<TValue> row) in taken.Changes)
                {
                    yield return new ViewChange<TKey, TValue>(keys.Read(key), row.Exists, row.Value);
                }
            }
        }
        finally
        {
            lock (_gate)
            {
                _buffers = [.. _buffers.Where(b => b != buffer)];
            }
        }
    }
}
