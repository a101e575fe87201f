using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Xunit;

namespace Headwater.Log.Tests.Streams;

/// <summary>A stream is deleted and recreated under the same name, while an instance still has the old stream in memory.</summary>
public sealed class RecreationTests
{
    private static readonly StreamName Orders = StreamName.Parse("orders");

    [Fact]
    public void A_recreated_stream_begins_empty() => World.Play(async world =>
    {
        (_, _, StreamDescription recreated) = await RecreateAsync(world);

        Assert.Equal(["new"], await world.Start().ValuesAsync(recreated));
    });

    [Fact]
    public void An_append_by_the_old_description_is_told_to_try_again_and_stores_nothing() => World.Play(async world =>
    {
        (Instance stale, StreamDescription old, StreamDescription recreated) = await RecreateAsync(world);

        await stale.AppendAsync(old, "late").IsRefusedAsync(ErrorCode.StreamChanged);

        Assert.Equal(["new"], await world.Start().ValuesAsync(recreated));
        Assert.DoesNotContain(await world.NamesAsync(), name => name.Contains(old.StreamId, StringComparison.Ordinal));
    });

    [Fact]
    public void A_second_try_after_the_stream_has_changed_goes_to_the_new_one() => World.Play(async world =>
    {
        (Instance stale, StreamDescription old, _) = await RecreateAsync(world);
        await stale.AppendAsync(old, "late").IsRefusedAsync(ErrorCode.StreamChanged);

        await stale.AppendAsync(await stale.GetAsync(), "again");

        Assert.Equal(["new", "again"], await world.Start().ValuesAsync(await world.Start().GetAsync()));
    });

    [Theory]
    [InlineData("offset")]
    [InlineData("earliest")]
    [InlineData("latest")]
    [InlineData("time")]
    [InlineData("recent time")]
    [InlineData("end")]
    public void A_read_by_the_old_description_is_told_to_try_again(string from) => World.Play(async world =>
    {
        (Instance stale, StreamDescription old, _) = await RecreateAsync(world);

        await stale.ReadAsync(old, From(from, world)).IsRefusedAsync(ErrorCode.StreamChanged);
    });

    [Fact]
    public void A_raw_read_by_the_old_description_is_told_to_try_again() => World.Play(async world =>
    {
        (Instance stale, StreamDescription old, _) = await RecreateAsync(world);
        var request = new ReadRequest(new PartitionId(0), ReadFrom.Earliest, 10, 1000, TimeSpan.Zero);

        await stale.Log.ReadRawAsync(old, request, default).IsRefusedAsync(ErrorCode.StreamChanged);
    });

    [Fact]
    public void Positions_by_the_old_description_are_told_to_try_again() => World.Play(async world =>
    {
        (Instance stale, StreamDescription old, _) = await RecreateAsync(world);

        await stale.Log.PositionsAsync(old, default).IsRefusedAsync(ErrorCode.StreamChanged);
    });

    [Fact]
    public void A_reader_that_waits_at_the_end_of_a_stream_that_is_deleted_is_told() => World.Play(async world =>
    {
        Instance reader = world.Start();
        StreamDescription stream = await reader.CreateAsync();
        Task<Page> waiting = reader.ReadAsync(stream, ReadFrom.Latest, wait: TimeSpan.FromSeconds(30));
        await world.QuietAsync();

        await world.Start().Log.Streams.DeleteAsync(Orders, default);

        await waiting.IsRefusedAsync(ErrorCode.StreamNotFound);
    });

    [Fact]
    public void A_producer_started_by_the_old_description_is_not_started_in_the_new_stream() => World.Play(async world =>
    {
        (Instance stale, StreamDescription old, StreamDescription recreated) = await RecreateAsync(world);

        await stale.Log.StartProducerAsync(old, "p", default).IsRefusedAsync(ErrorCode.StreamChanged);

        ProducerStart start = await world.Start().Log.StartProducerAsync(recreated, "p", default);
        Assert.Equal(1, start.Epoch.Value);
        Assert.DoesNotContain(await world.NamesAsync(), name => name.Contains(old.StreamId, StringComparison.Ordinal));
    });

    [Fact]
    public void An_old_description_of_a_stream_that_is_gone_finds_no_stream() => World.Play(async world =>
    {
        Instance stale = world.Start();
        StreamDescription old = await stale.CreateAsync();
        await stale.AppendAsync(old, "old");
        await world.Start().Log.Streams.DeleteAsync(Orders, default);

        await stale.AppendAsync(old, "late").IsRefusedAsync(ErrorCode.StreamNotFound);

        Assert.Empty(await world.NamesAsync());
    });

    /// <summary>An instance that has appended to and read the old stream, and the stream that another instance has created in its place.</summary>
    private static async Task<(Instance Stale, StreamDescription Old, StreamDescription Recreated)> RecreateAsync(World world)
    {
        Instance stale = world.Start();
        StreamDescription old = await stale.CreateAsync();
        await stale.AppendAsync(old, "old", "old too");
        Assert.Equal(2, (await stale.ReadAllAsync(old)).Count);
        Instance other = world.Start();
        await other.Log.Streams.DeleteAsync(Orders, default);
        StreamDescription recreated = await other.CreateAsync();
        await other.AppendAsync(recreated, "new");
        return (stale, old, recreated);
    }

    private static ReadFrom From(string from, World world) => from switch
    {
        "offset" => ReadFrom.At(new Offset(1)),
        "earliest" => ReadFrom.Earliest,
        "latest" => ReadFrom.Latest,
        "time" => ReadFrom.Since(new UnixMicros(0)),
        "recent time" => ReadFrom.Since(UnixMicros.From(world.Time.GetUtcNow().AddHours(1))),
        _ => ReadFrom.At(new Offset(2)),
    };
}
