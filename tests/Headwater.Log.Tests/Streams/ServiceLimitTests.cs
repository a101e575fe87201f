using Headwater.Contracts.Errors;
using Headwater.Log.Model;
using Xunit;

namespace Headwater.Log.Tests.Streams;

/// <summary>A service has a limit of streams and of partitions. It refuses new streams only.</summary>
public sealed class ServiceLimitTests
{
    [Fact]
    public void A_stream_beyond_the_limit_is_refused_and_leaves_nothing() => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { MostStreams = 2 });
        await instance.CreateAsync("a");
        await instance.CreateAsync("b");
        IReadOnlyList<string> before = await world.NamesAsync();

        await instance.CreateAsync("c").IsRefusedAsync(ErrorCode.ServiceFull);

        Assert.Equal(before, await world.NamesAsync());
    });

    [Fact]
    public void A_stream_whose_partitions_would_exceed_the_limit_is_refused_and_a_smaller_one_is_created() => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { MostPartitions = 10 });
        await instance.CreateAsync("a", Options.Partitioned(8));

        HeadwaterException refused = await instance.CreateAsync("b", Options.Partitioned(3)).IsRefusedAsync(ErrorCode.ServiceFull);
        StreamDescription smaller = await instance.CreateAsync("c", Options.Partitioned(2));

        Assert.Contains("8 partitions", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, smaller.Partitions);
    });

    [Fact]
    public void Streams_that_exist_beyond_the_limit_stay_usable() => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync();
        Instance limited = world.Start(LogOptions.Default with { MostStreams = 0, MostPartitions = 0 });

        await limited.AppendAsync(stream, "a");

        Assert.Equal(["a"], await limited.ValuesAsync(stream));
        Assert.False((await limited.Log.Streams.CreateAsync(stream.Name, Options.Plain, default)).Created);
    });

    [Fact]
    public void A_deletion_makes_room_within_a_minute() => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { MostStreams = 1 });
        StreamDescription stream = await instance.CreateAsync("a");
        await instance.Log.Streams.DeleteAsync(stream.Name, default);
        await Task.Delay(TimeSpan.FromMinutes(1), world.Time);

        Assert.Equal("b", (await instance.CreateAsync("b")).Name.Value);
    });
}
