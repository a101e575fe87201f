using Headwater.Log.Model;
using Headwater.Log.Segments;

namespace Headwater.Log.Streams;

/// <summary>
/// Stream descriptions that this process has read, up to a number of bytes. An entry is used for a limited time, during which it may be stale; callers that find
/// the stream's blobs missing reload it. Thread-safe.
/// </summary>
/// <param name="time">The clock that ages the entries.</param>
/// <param name="age">How long an entry is used by default.</param>
/// <param name="mostBytes">Beyond it the least recently used descriptions are read again when they are asked for.</param>
internal sealed class DescriptionCache(TimeProvider time, TimeSpan age, long mostBytes = DescriptionCache.MostBytes)
{
    private const long MostBytes = 32 << 20;

    /// <summary>A description without its schema.</summary>
    private const int ObjectBytes = 4096;

    /// <summary>A schema's text is kept, and compiled to types and names.</summary>
    private const int SchemaCopies = 16;

    private readonly LruCache<Entry> _entries = new(mostBytes);

    public StreamDescription? Find(StreamName name) => Find(name, age);

    /// <returns>Null if the stream was not read within <paramref name="most"/>.</returns>
    public StreamDescription? Find(StreamName name, TimeSpan most) =>
        _entries.TryGet(name.ToString(), out Entry? entry) && time.GetElapsedTime(entry.ReadAt) < most ? entry.Stream : null;

    public StreamDescription Put(StreamDescription stream)
    {
        long bytes = ObjectBytes + (SchemaCopies * (long)(stream.Schema.Verbatim?.Length ?? 0));
        _entries.Set(stream.Name.ToString(), new Entry(stream, time.GetTimestamp()), bytes);
        return stream;
    }

    public void Forget(StreamName name) => _entries.Remove(name.ToString());

    private sealed record Entry(StreamDescription Stream, long ReadAt);
}
