using Headwater.Log.Model;
using Headwater.Testing;

namespace Headwater.Log.Tests;

/// <summary>An append of one event, "first", that stays in flight until it is released, so that other appends queue behind it.</summary>
internal sealed class Held
{
    private readonly TaskCompletionSource _gate;

    private Held(TaskCompletionSource gate, Task<long> append) => (_gate, Append) = (gate, append);

    public Task<long> Append { get; }

    public static async Task<Held> StartAsync(World world, Instance instance, StreamDescription stream)
    {
        await instance.ReadAsync(stream); // Opens the partition, so that the append makes no other storage calls.
        instance.Storage.Clear();
        var gate = new TaskCompletionSource();
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.HeldUntil(gate.Task));
        Task<long> append = instance.AppendAsync(stream, "first");
        await world.QuietAsync();
        return new Held(gate, append);
    }

    public async Task ReleaseAsync()
    {
        _gate.SetResult();
        await Append;
    }
}
