using System.Runtime.CompilerServices;

namespace Headwater.Client;

/// <summary>A change of a view's row.</summary>
/// <param name="Key">The row's key; default if the change is a reset.</param>
/// <param name="Exists">Whether the row is there after the change.</param>
/// <param name="Value">The row's value; default if it is not there.</param>
public readonly record struct ViewChange<TKey, TValue>(TKey? Key, bool Exists, TValue? Value)
{
    /// <summary>
    /// Whether any row may have changed, so that the program must read them again: another generation serves, the program began to follow amid a commit or
    /// later than it asked to, or it was more than 100,000 keys behind.
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

    /// <summary>Whether the batch under way may have changed rows that are not noted: they were not watched, or no program followed.</summary>
    private bool _isPartial = true;

    public void Add(string key, Row<TValue> row)
    {
        if (followers.IsEmpty)
        {
            _isPartial = true;
        }
        else
        {
            _changes.Add((key, row));
        }
    }

    public void Publish()
    {
        if (_isPartial)
        {
            _isPartial = false;
            followers.Publish(f => f.Reset());
        }
        else if (_changes.Count > 0)
        {
            followers.Publish(f => f.Add(_changes));
        }

        _changes.Clear();
    }
}

/// <summary>The programs that follow a view's changes.</summary>
internal sealed class ChangeBuffers<TValue>
{
    private readonly Lock _gate = new();

    private ChangeBuffer<TValue>[] _buffers = [];

    private long _published;

    public bool IsEmpty => Volatile.Read(ref _buffers).Length == 0;

    public void Publish(Action<ChangeBuffer<TValue>> action)
    {
        Interlocked.Increment(ref _published); // Before the look at the programs, so that one that is added now knows that it missed something.
        foreach (ChangeBuffer<TValue> buffer in Volatile.Read(ref _buffers))
        {
            action(buffer);
        }
    }

    /// <summary>
    /// Changes from now on, until the view ends or the program stops. Each enumeration has a buffer of its own; before it begins nothing is kept, and it begins
    /// with a reset if changes were published since this call.
    /// </summary>
    public IAsyncEnumerable<ViewChange<TKey, TValue>> FollowAsync<TKey>(ViewKey<TKey> keys, Task ended, CancellationToken cancellation)
    {
        long published = Interlocked.Read(ref _published);
        return new FollowedChanges<TKey, TValue>(stop =>
        {
            var buffer = new ChangeBuffer<TValue>();
            lock (_gate)
            {
                _buffers = [.. _buffers, buffer];
            }

            if (Interlocked.Read(ref _published) != published)
            {
                buffer.Reset();
            }

            return (FollowAsync(buffer, keys, ended, cancellation).GetAsyncEnumerator(stop), () => Remove(buffer));
        });
    }

    private static async IAsyncEnumerable<ViewChange<TKey, TValue>> FollowAsync<TKey>(
        ChangeBuffer<TValue> buffer, ViewKey<TKey> keys, Task ended, [EnumeratorCancellation] CancellationToken cancellation)
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

    private void Remove(ChangeBuffer<TValue> buffer)
    {
        lock (_gate)
        {
            _buffers = [.. _buffers.Where(b => b != buffer)];
        }
    }
}

/// <summary>Changes that are noted from the moment an enumeration begins, not from its first read.</summary>
/// <param name="begin">Begins an enumeration, and says what ends it.</param>
internal sealed class FollowedChanges<TKey, TValue>(
    Func<CancellationToken, (IAsyncEnumerator<ViewChange<TKey, TValue>> Changes, Action End)> begin) : IAsyncEnumerable<ViewChange<TKey, TValue>>
{
    public IAsyncEnumerator<ViewChange<TKey, TValue>> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        (IAsyncEnumerator<ViewChange<TKey, TValue>> changes, Action end) = begin(cancellationToken);
        return new Enumerator(changes, end);
    }

    private sealed class Enumerator(IAsyncEnumerator<ViewChange<TKey, TValue>> changes, Action end) : IAsyncEnumerator<ViewChange<TKey, TValue>>
    {
        public ViewChange<TKey, TValue> Current => changes.Current;

        public ValueTask<bool> MoveNextAsync() => changes.MoveNextAsync();

        public async ValueTask DisposeAsync()
        {
            end();
            await changes.DisposeAsync();
        }
    }
}
