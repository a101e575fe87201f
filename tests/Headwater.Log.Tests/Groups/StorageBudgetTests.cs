using Headwater.Log.Groups.Model;
using Headwater.Testing;
using Xunit;
using static Headwater.Log.Tests.Groups.GroupWorld;

namespace Headwater.Log.Tests.Groups;

/// <summary>Consumer groups make as many storage calls as docs/consumer-groups.md says.</summary>
public sealed class StorageBudgetTests
{
    [Fact]
    public void A_heartbeat_with_more_than_half_the_session_left_is_one_query() => Play(4, async group =>
    {
        MemberAnswer a = await group.HeartbeatAsync(await group.JoinAsync("a"), 0, 1, 2, 3);
        await group.WaitAsync(20);
        group.Instance.Storage.Clear();

        await group.HeartbeatAsync(a, 0, 1, 2, 3);

        Assert.Equal([StorageOperation.QueryRows], group.Instance.Storage.Calls.Select(c => c.Operation));
    });

    [Fact]
    public void A_heartbeat_that_renews_is_a_query_and_a_transaction() => Play(4, async group =>
    {
        MemberAnswer a = await group.HeartbeatAsync(await group.JoinAsync("a"), 0, 1, 2, 3);
        await group.WaitAsync(40);
        group.Instance.Storage.Clear();

        await group.HeartbeatAsync(a, 0, 1, 2, 3);

        Assert.Equal([StorageOperation.QueryRows, StorageOperation.ApplyRows], group.Instance.Storage.Calls.Select(c => c.Operation));
    });

    [Fact]
    public void The_first_heartbeat_after_a_join_is_a_query_and_a_transaction() => Play(4, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a");
        group.Instance.Storage.Clear();

        await group.HeartbeatAsync(a, 0, 1, 2, 3);

        Assert.Equal([StorageOperation.QueryRows, StorageOperation.ApplyRows], group.Instance.Storage.Calls.Select(c => c.Operation));
    });

    [Fact]
    public void A_steady_commit_is_a_query_and_a_transaction() => Play(4, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a");
        await group.CommitAsync(a, (0, 1));
        group.Instance.Storage.Clear();

        await group.CommitAsync(a, (0, 2), (1, 3), (2, 4));

        Assert.Equal([StorageOperation.QueryRows, StorageOperation.ApplyRows], group.Instance.Storage.Calls.Select(c => c.Operation));
    });

    [Fact]
    public void A_commit_in_a_group_of_1024_partitions_reads_its_own_rows_with_one_query() => Play(1_024, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a");
        await group.CommitAsync(a, (0, 1));
        group.Instance.Storage.Clear();

        await group.CommitAsync(a, [.. Enumerable.Range(0, 20).Select(p => ((p * 51) + 4, 0L))]);

        StorageOperation[] rows = [.. group.Instance.Storage.Calls.Where(c => !c.IsBlobCall).Select(c => c.Operation)];
        Assert.Equal([StorageOperation.QueryRows, StorageOperation.ApplyRows], rows);
    });

    [Fact]
    public void A_commit_without_a_member_in_a_group_of_1024_partitions_is_one_query() => Play(1_024, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a");
        await group.Instance.Log.Groups.LeaveAsync(group.Stream, Group, a.Member, null, default);
        await group.CommitAsync(null, (3, 1));
        group.Instance.Storage.Clear();

        await group.CommitAsync(null, (3, 2));

        Assert.Equal([StorageOperation.QueryRows, StorageOperation.ApplyRows], group.Instance.Storage.Calls.Select(c => c.Operation));
    });

    [Fact]
    public void Between_two_full_reads_a_heartbeat_in_a_group_of_1024_partitions_is_one_query() => Play(1_024, async group =>
    {
        int[] all = [.. Enumerable.Range(0, 1_024)];
        MemberAnswer a = await group.HeartbeatAsync(await group.JoinAsync("a"), all);
        await group.WaitAsync(35);
        a = await group.HeartbeatAsync(a, all); // Half of the session has passed: all rows are read.
        await group.WaitAsync(20);
        group.Instance.Storage.Clear();

        await group.HeartbeatAsync(a, all);

        Assert.Equal([StorageOperation.QueryRows], group.Instance.Storage.Calls.Select(c => c.Operation));
    });

    [Fact]
    public void An_idle_group_of_10_members_over_32_partitions_costs_less_than_one_call_a_second() => Play(32, async group =>
    {
        Dictionary<string, MemberAnswer> members = [];
        Dictionary<string, int[]> owned = [];
        for (int round = 0; round < 4; round++)
        {
            for (int m = 0; m < 10; m++)
            {
                string name = $"m{m}";
                members[name] = members.TryGetValue(name, out MemberAnswer? last) ? await group.HeartbeatAsync(last, owned[name]) : await group.JoinAsync(name);
                owned[name] = Of(members[name]);
                await group.WaitAsync(2);
            }
        }

        Assert.Equal(32, owned.Values.Sum(o => o.Length));
        group.Instance.Storage.Clear();
        const int minutes = 10;
        for (int beat = 0; beat < minutes * 30; beat++)
        {
            string name = $"m{beat % 10}";
            members[name] = await group.HeartbeatAsync(members[name], owned[name]);
            await group.WaitAsync(2);
        }

        double aSecond = group.Instance.Storage.Calls.Count / (minutes * 60.0);
        Assert.InRange(aSecond, 0.7, 0.8);
    });
}
