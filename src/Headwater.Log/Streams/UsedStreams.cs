using System.Collections.Concurrent;
using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Streams;

/// <summary>
/// Marks the streams that this process appends to, at most once in five minutes each, so that timers need not look at unused ones. The mark is written
/// beside the append and waited for before its answer, because nothing may depend on work after it; but for at most a second, and a failure does not matter
/// to the append: the mark is tried again by an append a minute later. Timers delete a mark only when no process relies on it any more. Thread-safe.
/// </summary>
internal sealed class UsedStreams(LogPorts ports)
{
    private const int Remembered = 50_000;

    private static readonly TimeSpan Trusted = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly DueMarks _due = new(ports.Tables);

    private readonly ConcurrentDictionary<string, long> _markUntil = new(StringComparer.Ordinal);

    /// <summary>
    /// How old a mark must be before it may be deleted: a process relies on it for five minutes, an append may take half a minute, and clocks differ by
    /// seconds.
    /// </summary>
    public static TimeSpan MarkKept { get; } = Trusted + TimeSpan.FromMinutes(2);

    /// <summary>Appends to a stream. Costs one write more, once in five minutes.</summary>
    public Task<T> DuringAsync<T>(StreamDescription stream, Func<Task<T>> append) => IsMarked(stream.StreamId) ? append() : MarkedAsync(stream, append);

    private bool IsMarked(string streamId) => _markUntil.TryGetValue(streamId, out long until) && ports.Time.GetTimestamp() < until;

    private async Task<T> MarkedAsync<T>(StreamDescription stream, Func<Task<T>> append)
    {
        Remember(stream.StreamId, RetryAfter); // Other appends do not wait for this mark, nor write their own.
        Task marking = TryMarkAsync(stream);
        T outcome = await append();
        await Task.WhenAny(marking, Task.Delay(Patience, ports.Time));
        return outcome;
    }

    private async Task TryMarkAsync(StreamDescription stream)
    {
        try
        {
            await _due.MarkUsedAsync(stream.Name, stream.StreamId, CancellationToken.None);
            Remember(stream.StreamId, Trusted);
        }
        catch (StorageException)
        {
            // Tried again after a minute.
        }
    }

    private void Remember(string streamId, TimeSpan time)
    {
        if (_markUntil.Count >= Remembered)
        {
            _markUntil.Clear();
        }

        _markUntil[streamId] = ports.Time.GetTimestamp() + (long)(time.TotalSeconds * ports.Time.TimestampFrequency);
    }
}
