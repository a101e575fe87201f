using System.Collections.Concurrent;
using Headwater.Log.Model;

namespace Headwater.Log.Streams;

/// <summary>
/// Stream descriptions that this process has read. An entry is used for a limited time, during which it may be stale; callers that find the stream's blobs
/// missing reload it. Thread-safe.
/// </summary>
/// <param name="time">The clock that ages the entries.</param>
/// <param name="age">How long an entry is used by default.</param>
internal sealed class DescriptionCache(TimeProvider time, TimeSpan age)
{
    private readonly ConcurrentDictionary<StreamName, Entry> _entries = new();

    public StreamDescription? Find(StreamName name) => Find(name, age);

    /// <returns>Null if the stream was not read within <paramref name="most"/>.</returns>
    public StreamDescription? Find(StreamName name, TimeSpan most) =>
        _entries.TryGetValue(name, out Entry? entry) && time.GetElapsedTime(entry.ReadAt) < most ? entry.Stream : null;

    public StreamDescription Put(StreamDescription stream)
    {
        _entries[stream.Name] = new Entry(stream, time.GetTimestamp());
        return stream;
    }

    public void Forget(StreamName name) => _entries.TryRemove(name, out _);

    private sealed record Entry(StreamDescription Stream, long ReadAt);
}
