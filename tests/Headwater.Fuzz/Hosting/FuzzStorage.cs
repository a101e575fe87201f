using Headwater.Testing;

namespace Headwater.Fuzz.Hosting;

/// <summary>The storage of one case, on a clock that passes only when nothing else can happen.</summary>
internal sealed class FuzzStorage(VirtualTime time)
{
    public VirtualTime Time { get; } = time;

    public InMemoryBlobs Blobs { get; } = new(time);

    public InMemoryTables Tables { get; } = new(time);

    public InMemoryQueues Queues { get; } = new(time);
}
