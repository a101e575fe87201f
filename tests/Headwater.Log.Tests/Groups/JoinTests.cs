using Headwater.Contracts.Errors;
using Headwater.Log.Groups.Model;
using Xunit;
using static Headwater.Log.Tests.Groups.GroupWorld;

namespace Headwater.Log.Tests.Groups;

/// <summary>Processes that join and are not heard of again take little from the members that work, and not for long.</summary>
public sealed class JoinTests
{
    [Fact]
    public void Two_hundred_joins_without_a_name_take_partitions_from_the_live_member_for_less_than_a_minute() => Play(4, async group =>
    {
        MemberAnswer live = await group.HeartbeatAsync(await group.JoinAsync("live"), 0, 1, 2, 3);
        for (int i = 0; i < 200; i++)
        {
            await TryJoinAsync(group);
        }

        for (int second = 0; second < 50; second += 10)
        {
            live = await group.HeartbeatAsync(live, [.. Of(live).Except(live.Release.Select(p => p.Value))]);
            await group.WaitAsync(10);
        }

        Assert.Equal("0 1 2 3", Owned(await group.HeartbeatAsync(live, Of(live))));
    });

    [Theory]
    [InlineData(1, 16)]
    [InlineData(8, 16)]
    [InlineData(9, 18)]
    public void A_group_has_two_members_per_partition_and_at_least_sixteen(int partitions, int most) => Play(partitions, async group =>
    {
        int joined = 0;
        for (int i = 0; i < most + 5; i++)
        {
            joined += await TryJoinAsync(group) ? 1 : 0;
        }

        Assert.Equal(most, joined);
    });

    [Fact]
    public void A_refused_join_changes_nothing() => Play(1, async group =>
    {
        await FillAsync(group);
        long generation = (await group.DescribeAsync()).Generation.Value;
        group.Instance.Storage.Clear();
        await group.JoinAsync("late").IsRefusedAsync(ErrorCode.GroupFull);

        Assert.Equal(generation, (await group.DescribeAsync()).Generation.Value);
        Assert.DoesNotContain(group.Instance.Storage.Calls, c => c.Operation == Testing.StorageOperation.ApplyRows);
    });

    [Fact]
    public void There_is_room_again_when_a_member_has_left() => Play(1, async group =>
    {
        await FillAsync(group);
        await group.Instance.Log.Groups.LeaveAsync(group.Stream, Group, MemberName.Parse("m3"), null, default);

        await group.JoinAsync("late");
    });

    [Fact]
    public void There_is_room_again_when_the_session_of_a_member_is_over() => Play(1, async group =>
    {
        await FillAsync(group);
        await group.WaitAsync(36);

        await group.JoinAsync("late");
    });

    [Fact]
    public void A_live_member_joins_again_and_beats_in_a_full_group() => Play(1, async group =>
    {
        await FillAsync(group);
        MemberAnswer again = await group.JoinAsync("m3");

        await group.HeartbeatAsync(again);
    });

    [Theory]
    [InlineData(10, 10)]
    [InlineData(30, 30)]
    [InlineData(60, 30)]
    [InlineData(600, 30)]
    public void A_join_gets_at_most_thirty_seconds(int asked, int granted) => Play(1, async group =>
        Assert.Equal(granted, (await group.JoinAsync("a", session: asked)).Session.TotalSeconds));

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public void The_first_heartbeat_gets_the_session_that_the_join_asked_for(int partitions) => Play(partitions, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a", session: 120);
        Assert.Equal(30, a.Session.TotalSeconds);
        a = await group.HeartbeatAsync(a, Of(a));

        Assert.Equal((120, true), (a.Session.TotalSeconds, a.Renewed));
        await group.WaitAsync(110);
        Assert.Equal(partitions, (await group.HeartbeatAsync(a, Of(a))).Partitions.Count);
    });

    [Fact]
    public void A_member_that_sends_no_heartbeat_is_over_after_thirty_seconds() => Play(1, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a", session: 600);
        await group.WaitAsync(30.5);

        await group.HeartbeatAsync(a, 0).IsRefusedAsync(ErrorCode.MemberExpired);
    });

    [Fact]
    public void A_late_join_of_a_live_member_does_not_end_the_session_that_it_relies_on() => Play(2, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a", session: 60);
        await group.HeartbeatAsync(a, 0, 1); // From now on the process relies on 60 s.
        MemberAnswer b = await group.JoinAsync("b", session: 60);
        b = await group.HeartbeatAsync(b);
        MemberAnswer late = await group.JoinAsync("a", session: 60); // Sent earlier.
        Assert.Equal(30, late.Session.TotalSeconds);

        await group.WaitAsync(40);
        b = await group.HeartbeatAsync(b);
        Assert.Empty(b.Partitions);

        await group.WaitAsync(26);
        Assert.Equal("0 1", Owned(await group.HeartbeatAsync(b)));
    });

    private static async Task FillAsync(GroupWorld group)
    {
        for (int i = 0; i < 16; i++)
        {
            await group.JoinAsync($"m{i}");
        }
    }

    private static async Task<bool> TryJoinAsync(GroupWorld group)
    {
        try
        {
            await group.Instance.Log.Groups.JoinAsync(group.Stream, Group, new MemberRequest(), default);
            return true;
        }
        catch (HeadwaterException full) when (full.Code.ToString() == "GroupFull")
        {
            return false;
        }
    }
}
