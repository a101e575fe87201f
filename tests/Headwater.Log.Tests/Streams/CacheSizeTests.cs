using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Producers;
using Headwater.Log.Streams;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Streams;

/// <summary>What a process remembers of streams and producers does not grow without end.</summary>
public sealed class CacheSizeTests
{
    [Fact]
    public void Descriptions_beyond_the_limit_are_read_again_and_the_used_ones_are_kept() => World.Play(async world =>
    {
        Instance instance = world.Start();
        var cache = new DescriptionCache(TimeProvider.System, TimeSpan.FromHours(1), mostBytes: 10 * 4096);
        StreamDescription used = cache.Put(await instance.CreateAsync("used"));
        StreamDescription idle = cache.Put(await instance.CreateAsync("idle"));
        for (int i = 0; i < 20; i++)
        {
            cache.Put(await instance.CreateAsync($"s{i}"));
            Assert.Same(used, cache.Find(used.Name));
        }

        Assert.Null(cache.Find(idle.Name));
    });

    [Fact]
    public void A_producer_that_was_dropped_from_memory_is_looked_up_in_storage() => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync();
        var script = new CallScript();
        var ports = new LogPorts(new WatchedBlobs(world.Store, script), world.Tables, world.Time, new SeededRandomness(1));
        var epochs = new ProducerEpochs(ports, mostBytes: 10 * 512);
        ProducerEpoch first = await epochs.StartAsync(stream, "first", default);
        await RequireAsync(epochs, stream, "first", first);
        Assert.Equal(1, Reads(script));
        for (int i = 0; i < 20; i++)
        {
            await epochs.StartAsync(stream, $"p{i}", default);
        }

        Assert.Equal(21, Reads(script));
        await RequireAsync(epochs, stream, "first", first);
        Assert.Equal(22, Reads(script));
        await RequireAsync(epochs, stream, "first", first);
        Assert.Equal(22, Reads(script));
    });

    private static int Reads(CallScript script) => script.Calls.Count(call => call.Operation == StorageOperation.Read);

    private static Task<EpochTimes> RequireAsync(ProducerEpochs epochs, StreamDescription stream, string producer, ProducerEpoch epoch) =>
        epochs.RequireStartedAsync(stream, new ProducerPosition(producer, epoch, SequenceNumber.Zero), default);
}
