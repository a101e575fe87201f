using Headwater.Log.Errors;
using Headwater.Log.Streams;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Streams;

public sealed class ConfigurationTests
{
    private static readonly StreamName Orders = StreamName.Parse("orders");

    private static readonly StreamChange NewOwner = new() { Owner = new Optional<string?>(true, "sales") };

    private static readonly StreamChange NewDoc = new() { Doc = new Optional<string?>(true, "Orders.") };

    [Fact]
    public void Only_members_that_were_named_change() => World.Play(async world =>
    {
        StreamSettings settings = Options.Plain with { Doc = "Before.", Retention = new Retention(TimeSpan.FromDays(3), null), Tags = ["x"] };
        await world.Start().CreateAsync("orders", settings);

        StreamDescription changed = await world.Start().Log.Streams.ConfigureAsync(Orders, NewOwner, default);

        Assert.True(changed.Settings.SameAs(settings with { Owner = "sales" }));
    });

    [Fact]
    public void A_member_set_to_null_is_removed() => World.Play(async world =>
    {
        await world.Start().CreateAsync("orders", Options.Plain with { Retention = new Retention(TimeSpan.FromDays(3), null) });

        await world.Start().Log.Streams.ConfigureAsync(Orders, new StreamChange { Retention = new Optional<Retention?>(true, null) }, default);

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
