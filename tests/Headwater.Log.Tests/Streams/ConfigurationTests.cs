using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Streams;

public sealed class ConfigurationTests
{
    private static readonly StreamName Orders = StreamName.Parse("orders");

    private static readonly StreamChange NewOwner = new() { Owner = new Optional<string?>(true, "sales") };

    private static readonly StreamChange NewRetention =
        new() { Retention = new Optional<RetentionSettings?>(true, new RetentionSettings(TimeSpan.FromDays(3), null)) };

    private static readonly StreamChange NewCompaction =
        new() { Compaction = new Optional<CompactionSettings?>(true, new CompactionSettings(TimeSpan.FromHours(2), null)) };

    private static readonly StreamChange NewDoc = new() { Doc = new Optional<string?>(true, "Orders.") };

    [Fact]
    public void Only_members_that_were_named_change() => World.Play(async world =>
    {
        StreamSettings settings = Options.Plain with { Doc = "Before.", Retention = new RetentionSettings(TimeSpan.FromDays(3), null), Tags = ["x"] };
        await world.Start().CreateAsync("orders", settings);

        StreamDescription changed = await world.Start().Log.Streams.ConfigureAsync(Orders, NewOwner, default);

        Assert.True(changed.Settings.SameAs(settings with { Owner = "sales" }));
    });

    [Fact]
    public void A_member_set_to_null_is_removed() => World.Play(async world =>
    {
        await world.Start().CreateAsync("orders", Options.Plain with { Retention = new RetentionSettings(TimeSpan.FromDays(3), null) });

        await world.Start().Log.Streams.ConfigureAsync(Orders, new StreamChange { Retention = new Optional<RetentionSettings?>(true, null) }, default);

        Assert.Null((await world.Start().GetAsync()).Settings.Retention);
    });

    [Fact]
    public void A_change_is_seen_by_other_instances_when_their_description_is_old() => World.Play(async world =>
    {
        Instance other = world.Start();
        await other.CreateAsync();
        await world.Start().Log.Streams.ConfigureAsync(Orders, NewOwner, default);

        Assert.Null((await other.GetAsync()).Settings.Owner);
        world.Time.Advance(LogOptions.Default.DescriptionAge);

        Assert.Equal("sales", (await other.GetAsync()).Settings.Owner);
    });

    [Fact]
    public void Of_two_changes_at_once_both_are_kept() => World.Play(async world =>
    {
        await world.Start().CreateAsync();
        Instance slow = world.Start();
        slow.Storage.Next(StorageOperation.Write, CallFate.After(() => world.Start().Log.Streams.ConfigureAsync(Orders, NewOwner, default)));

        await slow.Log.Streams.ConfigureAsync(Orders, NewDoc, default);

        StreamSettings settings = (await world.Start().GetAsync()).Settings;
        Assert.Equal(("sales", "Orders."), (settings.Owner, settings.Doc));
    });

    [Fact]
    public void A_change_that_loses_every_race_is_answered_to_try_again() => World.Play(async world =>
    {
        await world.Start().CreateAsync();
        Instance slow = world.Start();
        Instance other = world.Start();
        slow.Storage.Every(c => c.Operation == StorageOperation.Write, CallFate.After(() => other.Log.Streams.ConfigureAsync(Orders, NewOwner, default)));

        HeadwaterException refusal = await slow.Log.Streams.ConfigureAsync(Orders, NewDoc, default).IsRefusedAsync(ErrorCode.StreamChanged);

        Assert.True(refusal.Code.IsRetryable());
        Assert.Null((await world.Start().GetAsync()).Settings.Doc);
    });

    [Fact]
    public void A_change_whose_answer_was_lost_is_made_by_the_next_try_without_harm() => World.Play(async world =>
    {
        await world.Start().CreateAsync();
        Instance instance = world.Start();
        instance.Storage.Next(StorageOperation.Write, CallFate.AnswerLost);
        await Assert.ThrowsAsync<Ports.StorageException>(() => instance.Log.Streams.ConfigureAsync(Orders, NewOwner, default));

        StreamDescription changed = await instance.Log.Streams.ConfigureAsync(Orders, NewOwner, default);

        Assert.Equal("sales", changed.Settings.Owner);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_change_of_what_maintenance_goes_by_makes_the_stream_due(bool isRetention) => World.Play(async world =>
    {
        await world.Start().CreateAsync();
        await world.Start().MaintainDueAsync();
        await world.Start().Log.Streams.ConfigureAsync(Orders, isRetention ? NewRetention : NewCompaction, default);

        Assert.Single((await world.Start().MaintainDueAsync()).Streams);
        Assert.Empty((await world.Start().MaintainDueAsync()).Streams);
    });

    [Fact]
    public void Timers_act_on_new_settings_at_their_next_run() => World.Play(async world =>
    {
        Instance writer = world.Start(Options.RollsOften);
        StreamDescription stream = await writer.CreateAsync();
        for (int i = 0; i < 8; i++)
        {
            await writer.AppendAsync(stream, "a");
        }

        await writer.Log.DrainAsync(default);
        await world.Start().MaintainDueAsync();
        await Task.Delay(TimeSpan.FromMinutes(10), world.Time);
        await world.Start().Log.Streams.ConfigureAsync(
            Orders, new StreamChange { Retention = new Optional<RetentionSettings?>(true, new RetentionSettings(TimeSpan.FromMinutes(5), null)) }, default);
        await Task.Delay(LogOptions.Default.ShorterRetentionDelay, world.Time);
        await world.Start().MaintainDueAsync(MaintenanceWork.Retain);

        Assert.True((await world.Start().GetAsync()).LogStart(new PartitionId(0)) > Offset.Zero);
    });

    [Fact]
    public void A_change_costs_one_read_and_two_writes() => World.Play(async world =>
    {
        Instance instance = world.Start();
        await instance.CreateAsync();
        instance.Storage.Clear();
        await instance.Log.Streams.ConfigureAsync(Orders, NewRetention, default);

        Assert.Equal([StorageOperation.Read, StorageOperation.Write, StorageOperation.ApplyRows], instance.Storage.Calls.Select(c => c.Operation));
    });

    [Fact]
    public void A_change_that_maintenance_does_not_mind_writes_no_row() => World.Play(async world =>
    {
        Instance instance = world.Start();
        await instance.CreateAsync();
        instance.Storage.Clear();
        await instance.Log.Streams.ConfigureAsync(Orders, NewOwner, default);

        Assert.Empty(instance.Storage.Of(StorageOperation.ApplyRows));
    });

    [Fact]
    public void A_change_holds_even_if_the_stream_cannot_be_marked_due() => World.Play(async world =>
    {
        Instance instance = world.Start();
        await instance.CreateAsync();
        instance.Storage.Every(c => c.Operation == StorageOperation.ApplyRows, CallFate.Refused(Ports.StorageFault.Throttled));

        StreamDescription changed = await instance.Log.Streams.ConfigureAsync(Orders, NewRetention, default);

        Assert.Equal(
            (TimeSpan.FromDays(3), TimeSpan.FromDays(3)), (changed.Settings.Retention?.Time, (await world.Start().GetAsync()).Settings.Retention?.Time));
    });

    [Fact]
    public void A_stream_that_is_not_there_cannot_be_configured() => World.Play(async world =>
    {
        await world.Start().Log.Streams.ConfigureAsync(Orders, NewOwner, default).IsRefusedAsync(ErrorCode.StreamNotFound);

        Assert.Empty(await world.NamesAsync());
    });

    [Fact]
    public void A_stream_deleted_meanwhile_stays_deleted() => World.Play(async world =>
    {
        await world.Start().CreateAsync();
        Instance slow = world.Start();
        slow.Storage.Next(StorageOperation.Write, CallFate.After(() => world.Start().Log.Streams.DeleteAsync(Orders, default)));

        await slow.Log.Streams.ConfigureAsync(Orders, NewOwner, default).IsRefusedAsync(ErrorCode.StreamNotFound);

        Assert.Empty(await world.NamesAsync());
    });
}
