using System.Collections.Concurrent;
using Headwater.Log.Model;

namespace Headwater.Log.Streams;

/// <summary>Descriptions this process read lately. May be stale by at most its age; whatever finds the blobs gone reloads.</summary>
internal sealed class DescriptionCache(TimeProvider time, TimeSpan age)
{
    private readonly ConcurrentDictionary<StreamName, Entry> _entries = new();

    public StreamDescription? Find(StreamName name) => Find(name, age);

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
