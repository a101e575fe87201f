using Headwater.Log.Compaction;
using Headwater.Log.Model;
using Xunit;

namespace Headwater.Log.Tests.Compaction;

/// <summary>A tombstone is kept long enough for every consumer that keeps up, and it is never removed before the events that it deletes.</summary>
public sealed class TombstoneTests
{
    /// <summary>The tombstone retention in <see cref="Entities.Settings"/>, which is longer than the grace period.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(3);

    [Fact]
    public void What_a_tombstone_deletes_goes_and_the_tombstone_stays() => Play(async (world, writer, stream) =>
    {
        await writer.FillAsync(stream, "a=1", "a", "b=1");
        CompactionReport report = await world.Start(Entities.Options).CompactAsync(stream);

        Assert.Equal("1 a, 2 b=1", await world.Start().TellAsync(stream));
        Assert.Equal(1, report.Tombstones);
    });

    [Fact]
    public void It_stays_for_the_retention_after_it_became_cleanable() => Play(async (world, writer, stream) =>
    {
        await writer.FillAsync(stream, "a=1", "a", "b=1");
        await Task.Delay(TimeSpan.FromDays(2), world.Time); // These days do not count, because nothing was clean yet.
        await world.Start(Entities.Options).CompactAsync(stream);
        await Task.Delay(Kept - TimeSpan.FromMinutes(1), world.Time);
        await writer.FillAsync(stream, "b=2", "b=3");
        await world.Start(Entities.Options).CompactAsync(stream);

        Assert.Equal("1 a, 3 b=2, 4 b=3", await world.Start().TellAsync(stream));
    });

    [Fact]
    public void It_goes_after_that() => Play(async (world, writer, stream) =>
    {
        await writer.FillAsync(stream, "a=1", "a", "b=1");
        await world.Start(Entities.Options).CompactAsync(stream);
        await Task.Delay(Kept + TimeSpan.FromMinutes(1), world.Time);
        await world.Start(Entities.Options).CompactAsync(stream);

        Assert.Equal("2 b=1", await world.Start().TellAsync(stream));
    });

    [Fact]
    public void One_written_later_stays_longer() => Play(async (world, writer, stream) =>
    {
        await writer.FillAsync(stream, "a=1", "a", "b=1");
        await world.Start(Entities.Options).CompactAsync(stream);
        await Task.Delay(Kept + TimeSpan.FromMinutes(1), world.Time);
        await writer.FillAsync(stream, "b", "c=1", "d=1");
        await world.Start(Entities.Options).CompactAsync(stream);

        Assert.Equal("3 b, 4 c=1, 5 d=1", await world.Start().TellAsync(stream));
    });

    [Fact]
    public void Without_what_was_agreed_it_stays_longer() => Play(async (world, writer, stream) =>
    {
        await writer.FillAsync(stream, "a=1", "a", "b=1");
        await world.Start(Entities.Options).CompactAsync(stream);
        await Task.Delay(Kept + TimeSpan.FromMinutes(1), world.Time);
        await world.Store.DeleteAsync($"orders/{stream.StreamId}/00000/compaction", null, CancellationToken.None);
        await world.Start(Entities.Options).CompactAsync(stream);

        Assert.Equal("1 a, 2 b=1", await world.Start().TellAsync(stream));
    });

    [Fact]
    public void A_retention_shorter_than_the_grace_is_the_grace() => World.Play(async world =>
    {
        Instance writer = world.Start(Entities.Options);
        StreamDescription stream = await writer.CreateAsync(
            settings: Entities.Settings with { Compaction = new CompactionSettings(null, TimeSpan.FromMinutes(1)) });
        await writer.FillAsync(stream, "a=1", "a", "b=1");
        await world.Start(Entities.Options).CompactAsync(stream);
        await Task.Delay(TimeSpan.FromMinutes(30), world.Time);
        await world.Start(Entities.Options).CompactAsync(stream);

        Assert.Equal("1 a, 2 b=1", await world.Start().TellAsync(stream));
    });

    private static void Play(Func<World, Instance, StreamDescription, Task> scenario) => World.Play(async world =>
    {
        Instance writer = world.Start(Entities.Options);
        await scenario(world, writer, await writer.CreateAsync(settings: Entities.Settings));
    });
}
