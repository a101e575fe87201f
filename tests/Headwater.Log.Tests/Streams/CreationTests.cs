using Headwater.Log.Errors;
using Headwater.Log.Streams;
using Xunit;

namespace Headwater.Log.Tests.Streams;

public sealed class CreationTests
{
    private static readonly StreamName Orders = StreamName.Parse("orders");

    [Fact]
    public void A_created_stream_is_described_with_its_settings() => World.Play(async world =>
    {
        StreamSettings settings = Options.Partitioned(3) with { Kind = StreamKind.Entity, Owner = "sales", Tags = ["a", "b"] };

        StreamDescription created = await world.Start().CreateAsync("orders", settings);

        StreamDescription seen = await world.Start().GetAsync();
        Assert.Equal(created.StreamId, seen.StreamId);
        Assert.True(seen.Settings.SameAs(settings));
    });

    [Fact]
    public void Creating_the_same_stream_again_answers_the_one_that_is_there() => World.Play(async world =>
    {
        StreamDescription first = await world.Start().CreateAsync();
        var contents = await world.CaptureContentsAsync();

        StreamCreation second = await world.Start().Log.Streams.CreateAsync(Orders, Options.Plain, default);

        Assert.False(second.Created);
        Assert.Equal(first.StreamId, second.Stream.StreamId);
        await contents.AssertNothingChangedAsync(default);
    });
}
