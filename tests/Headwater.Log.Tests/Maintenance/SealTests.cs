using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Maintenance;

public sealed class SealTests
{
    [Fact]
    public void A_segment_older_than_the_limit_is_ended_and_the_log_goes_on_in_the_next() => World.Play(async world =>
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync();
        await writer.AppendAsync(stream, "a", "b");
        await Task.Delay(TimeSpan.FromDays(8), world.Time);

        Assert.True((await world.Start().MaintainAsync(stream, MaintenanceWork.Seal)).Sealed);
        Assert.Equal(2, await writer.AppendAsync(stream, "c"));
        Assert.Equal(["a", "b", "c"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void A_younger_one_is_left_alone() => World.Play(async world =>
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync();
        await writer.AppendAsync(stream, "a");
        await Task.Delay(TimeSpan.FromDays(6), world.Time);
        BlobContents before = await world.CaptureContentsAsync();

        Assert.False((await world.Start().MaintainAsync(stream, MaintenanceWork.Seal)).Sealed);
        await before.AssertNothingChangedAsync(CancellationToken.None);
    });

    [Fact]
    public void A_segment_without_events_is_never_old() => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync();
        await Task.Delay(TimeSpan.FromDays(40), world.Time);

        Assert.False((await world.Start().MaintainAsync(stream, MaintenanceWork.Seal)).Sealed);
    });

    [Fact]
    public void Retention_shorter_than_the_limit_ends_segments_sooner() => World.Play(async world =>
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync(settings: Options.Plain with { Retention = new RetentionSettings(TimeSpan.FromHours(1), null) });
        await writer.AppendAsync(stream, "a");
        await Task.Delay(TimeSpan.FromHours(2), world.Time);

        Assert.True((await world.Start().MaintainAsync(stream, MaintenanceWork.Seal)).Sealed);
    });

    [Fact]
    public void A_writer_that_slept_through_the_sealing_appends_behind_it() => World.Play(async world =>
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync();
        await writer.AppendAsync(stream, "a");
        await Task.Delay(TimeSpan.FromDays(8), world.Time);
        await world.Start().MaintainAsync(stream, MaintenanceWork.Seal);
        await world.Start().AppendAsync(stream, "b");

        Assert.Equal(2, await writer.AppendAsync(stream, "c"));
    });
}
