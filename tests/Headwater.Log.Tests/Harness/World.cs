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

    /// <summary>Plays a scenario to its end; time passes when everything waits.</summary>
    public static void Play(Func<World, Task> scenario, int maxBlocks = 50_000)
    {
        var world = new World(maxBlocks);
        world._loop.Run(() => scenario(world));
    }

    /// <summary>Starts an instance: a process of its own as far as the log can tell.</summary>
    public Instance Start(LogOptions? options = null, TimeSpan clockSkew = default) => new(this, options ?? Options.Default, clockSkew, new SeededRandomness(_seed++));

    /// <summary>Returns when everything that can go on without time passing has.</summary>
    public Task QuietAsync() => _loop.QuietAsync();

    public Task<BlobContents> CaptureContentsAsync() => Store.CaptureContentsAsync(CancellationToken.None);

    /// <summary>All blob names, in order.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(string prefix = "") =>
        [.. (await BlobContents.CaptureAsync(Store, prefix, CancellationToken.None)).Items.Select(i => i.Name)];
}
