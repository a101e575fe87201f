using Headwater.Contracts.Errors;
using Headwater.Log.Groups.Model;
using Headwater.Log.Ports;
using Headwater.Testing;
using Xunit;
using static Headwater.Log.Tests.Groups.GroupWorld;

namespace Headwater.Log.Tests.Groups;

public sealed class OwnershipTests
{
    [Fact]
    public void The_first_member_gets_every_partition() => Play(4, async group =>
        Assert.Equal("0 1 2 3", Owned(await group.JoinAsync("a"))));

    [Fact]
    public void A_partition_passes_only_after_its_holder_left_it_out() => Play(4, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a");
        MemberAnswer b = await group.JoinAsync("b");
        Assert.Empty(b.Partitions);

        a = await group.HeartbeatAsync(a, 0, 1, 2, 3);
        Assert.Equal([2, 3], a.Release.Select(p => p.Value));
        Assert.Empty((await group.HeartbeatAsync(b)).Partitions);

        await group.HeartbeatAsync(a, 0, 1);
        Assert.Equal("2 3", Owned(await group.HeartbeatAsync(b)));
    });

    [Fact]
    public void A_partition_passes_when_its_holders_session_and_the_margin_are_over() => Play(2, async group =>
    {
        await group.JoinAsync("a", session: 10);
        MemberAnswer b = await group.JoinAsync("b", session: 60);

        await group.WaitAsync(14.9);
        Assert.Empty((b = await group.HeartbeatAsync(b)).Partitions);

        await group.WaitAsync(0.2);
        Assert.Equal("0 1", Owned(await group.HeartbeatAsync(b)));
    });

    [Fact]
    public void What_a_member_held_is_free_once_it_has_left() => Play(2, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a");
        MemberAnswer b = await group.JoinAsync("b");

        await group.Instance.Log.Groups.LeaveAsync(group.Stream, Group, a.Member, a.Generation, default);

        Assert.Equal("0 1", Owned(await group.HeartbeatAsync(b)));
    });

    [Fact]
    public void A_member_that_slept_through_its_session_is_told_so_with_the_generation() => Play(2, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a", session: 6);
        await group.WaitAsync(7);

        HeadwaterException refusal = await group.HeartbeatAsync(a, 0, 1).IsRefusedAsync(ErrorCode.MemberExpired);

        Assert.Equal(a.Generation.Value, refusal.Number("generation"));
    });

    [Fact]
    public void An_expired_member_that_owns_nothing_joins_anew() => Play(2, async group =>
    {
        await group.JoinAsync("a", session: 6);
        await group.WaitAsync(7);

        Assert.Equal("0 1", Owned(await group.JoinAsync("a")));
    });

    [Fact]
    public void A_heartbeat_from_before_an_acquisition_gives_nothing_up() => Play(2, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a");
        MemberAnswer b = await group.JoinAsync("b");
        a = await group.HeartbeatAsync(await group.HeartbeatAsync(a, 0, 1), 0);
        MemberAnswer granted = await group.HeartbeatAsync(b);
        Assert.Equal("1", Owned(granted));

        MemberAnswer late = await group.HeartbeatAsync(b); // Sent by b before it knew of the acquisition.

        Assert.Equal("1", Owned(late));
    });

    [Fact]
    public void A_process_whose_id_was_joined_anew_is_fenced() => Play(2, async group =>
    {
        MemberAnswer old = await group.JoinAsync("a");
        MemberAnswer now = await group.JoinAsync("a");
        Assert.Equal("0 1", Owned(now));

        await group.HeartbeatAsync(old, 0, 1).IsRefusedAsync(ErrorCode.MemberExpired);
        await group.CommitAsync(old, (0, 1)).IsRefusedAsync(ErrorCode.MemberExpired);
        await group.CommitAsync(now, (0, 1));
    });

    [Fact]
    public void A_join_that_comes_late_frees_nothing_its_process_works_on() => Play(2, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a");
        MemberAnswer b = await group.JoinAsync("b");
        MemberAnswer late = await group.JoinAsync("a"); // Sent earlier; a has stopped waiting for it.

        Assert.Empty((await group.HeartbeatAsync(b)).Partitions);
        Assert.Equal(("0", "1"), (Owned(late), string.Join(' ', late.Release)));
        await group.HeartbeatAsync(a, 0, 1).IsRefusedAsync(ErrorCode.MemberExpired);
    });

    [Fact]
    public void A_join_that_comes_late_frees_nothing_in_any_of_its_steps() => Play(200, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a");
        MemberAnswer b = await group.JoinAsync("b");
        a = await group.HeartbeatAsync(a, [.. Enumerable.Range(0, 150)]);
        b = await group.HeartbeatAsync(b);
        Assert.Equal(50, b.Partitions.Count);
        MemberAnswer late = await group.JoinAsync("a");

        Assert.Equal(50, (await group.HeartbeatAsync(b, [.. b.Partitions.Select(p => p.Partition.Value)])).Partitions.Count);
        Assert.Equal((100, 50), (late.Partitions.Count, late.Release.Count));
    });

    [Fact]
    public void Who_joins_under_an_id_that_is_alive_gives_up_the_rest_with_its_next_heartbeat() => Play(2, async group =>
    {
        await group.JoinAsync("a");
        MemberAnswer b = await group.JoinAsync("b");
        MemberAnswer a = await group.JoinAsync("a");
        await group.HeartbeatAsync(a, 0);

        Assert.Equal("1", Owned(await group.HeartbeatAsync(b)));
    });

    [Fact]
    public void A_renewal_that_comes_in_between_stops_a_takeover() => Play(2, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a", session: 6);
        MemberAnswer b = await group.JoinAsync("b", session: 60);
        await group.WaitAsync(11.5);

        // Another instance, whose clock has stopped, renews a between b's query and b's transaction. The row decides, not a clock.
        group.Instance.Storage.Next(StorageOperation.ApplyRows, CallFate.After(() => RenewAsync(group)));
        MemberAnswer late = await group.HeartbeatAsync(b);

        Assert.Empty(late.Partitions);

        static async Task RenewAsync(GroupWorld group)
        {
            string partition = $"{group.Stream.StreamId}:{Group}";
            TableRow row = (await group.World.Tables.GetAsync(StorageNames.GroupsTable, new RowId(partition, "m:a"), default))!;
            await group.World.Tables.ApplyAsync(
                StorageNames.GroupsTable, partition, [new RowChange(RowChangeKind.Replace, "m:a", row.Values, row.ETag)], default);
        }
    });

    [Theory]
    [InlineData(150)]
    [InlineData(1024)]
    public void More_partitions_than_a_transaction_takes_are_taken_and_given_up_in_steps(int partitions) => Play(partitions, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a");
        Assert.Equal(partitions, a.Partitions.Count);
        MemberAnswer b = await group.JoinAsync("b");

        a = await group.HeartbeatAsync(a, Of(a));
        a = await group.HeartbeatAsync(a, Of(a));
        b = await group.HeartbeatAsync(b);

        Assert.Equal(partitions, a.Partitions.Count + b.Partitions.Count);
        Assert.InRange(Math.Abs(a.Partitions.Count - b.Partitions.Count), 0, 1);
    });

    [Fact]
    public void A_session_is_not_shortened_under_a_member_that_owns_something() => Play(1, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a", session: 60);

        Assert.Equal(60, (await group.HeartbeatAsync("a", [0], a.Generation.Value, session: 6)).Session.TotalSeconds);
    });
}
