using Headwater.Log.Model;
using Headwater.Testing;

namespace Headwater.Log.Tests;

/// <summary>One storage account in memory and the instances that share it, on one thread and in virtual time.</summary>
internal sealed class World
{
    private readonly TurnLoop _loop;
    private ulong _seed = 1;

    private World(int maxBlocks)
    {
        Time = new VirtualTime();
        Store = new InMemoryBlobs(Time, maxBlocks);
        Tables = new InMemoryTables(Time);
        _loop = new TurnLoop(Time);
    }

    public VirtualTime Time { get; }

    public InMemoryBlobs Store { get; }

    public InMemoryTables Tables { get; }

    /// <summary>Runs a scenario to its end. Time advances when everything waits.</summary>
    public static void Play(Func<World, Task> scenario, int maxBlocks = 50_000)
    {
        var world = new World(maxBlocks);
        world._loop.Run(() => scenario(world));
    }

    /// <summary>Starts an instance, which the log cannot distinguish from a separate process.</summary>
    public Instance Start(LogOptions? options = null, TimeSpan clockSkew = default) =>
        new(this, options ?? Options.Default, clockSkew, new SeededRandomness(_seed++));

    /// <summary>Completes when nothing can continue unless time advances.</summary>
    public Task QuietAsync() => _loop.QuietAsync();

    public Task<BlobContents> CaptureContentsAsync() => Store.CaptureContentsAsync(CancellationToken.None);

    /// <summary>All blob names in ordinal order.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(string prefix = "") =>
        [.. (await BlobContents.CaptureAsync(Store, prefix, CancellationToken.None)).Items.Select(i => i.Name)];
}
