using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Offsets;
using Headwater.Log.Read;
using Xunit;
using static Headwater.Log.Tests.Groups.GroupWorld;

namespace Headwater.Log.Tests.Groups;

public sealed class CommitTests
{
    [Fact]
    public void Offsets_of_several_partitions_are_committed_together() => Play(3, async group =>
    {
        await group.CommitAsync(null, (0, 3), (2, 10));

        Assert.Equal("0:3 2:10", await group.OffsetsAsync(group.World.Start()));
    });

    [Fact]
    public void A_commit_with_one_bad_partition_commits_none() => Play(3, async group =>
    {
        await group.CommitAsync(null, (0, 3), (1, 3));

        await group.CommitAsync(null, (0, 5), (1, 2)).IsRefusedAsync(ErrorCode.CommitBehind);

        Assert.Equal("0:3 1:3", await group.OffsetsAsync());
    });

    [Fact]
    public void A_commit_beyond_the_log_end_is_refused_with_it() => Play(1, async group =>
    {
        HeadwaterException refusal = await group.CommitAsync(null, (0, Events + 1)).IsRefusedAsync(ErrorCode.OffsetBeyondEnd);

        Assert.Equal(Events, refusal.Number("logEndOffset"));
    });

    [Fact]
    public void A_commit_at_an_end_that_only_another_instance_knows_is_taken() => Play(1, async group =>
    {
        Instance other = group.World.Start();
        await other.AppendAsync(await other.GetAsync(), "more");

        await group.CommitAsync(null, (0, Events + 1));

        Assert.Equal($"0:{Events + 1}", await group.OffsetsAsync());
    });

    [Fact]
    public void A_member_commits_what_it_holds() => Play(2, async group =>
    {
        await group.CommitAsync(await group.JoinAsync("a"), (0, 1), (1, 2));

        Assert.Equal("0:1 1:2", await group.OffsetsAsync());
    });

    [Fact]
    public void A_member_that_lost_a_partition_commits_nothing() => Play(2, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a", session: 6);
        MemberAnswer b = await group.JoinAsync("b");
        await group.WaitAsync(12);
        b = await group.HeartbeatAsync(b);
        await group.CommitAsync(b, (0, 4));

        await group.CommitAsync(a, (0, 7)).IsRefusedAsync(ErrorCode.MemberExpired);

        Assert.Equal("0:4", await group.OffsetsAsync());
    });

    [Fact]
    public void A_member_whose_session_is_over_commits_nothing_though_nobody_took_its_partition() => Play(1, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a", session: 6);
        await group.CommitAsync(a, (0, 4));
        await group.WaitAsync(12);

        HeadwaterException refusal = await group.CommitAsync(a, (0, 7)).IsRefusedAsync(ErrorCode.MemberExpired);

        Assert.Equal(a.Generation.Value, refusal.Number("generation"));
        Assert.Equal("0:4", await group.OffsetsAsync());
    });

    [Fact]
    public void A_member_that_got_a_partition_back_commits_no_work_of_before() => Play(2, async group =>
    {
        MemberAnswer before = await group.JoinAsync("a");
        MemberAnswer b = await group.JoinAsync("b");
        MemberAnswer a = await group.HeartbeatAsync(await group.HeartbeatAsync(before, 0, 1), 0);
        b = await group.HeartbeatAsync(b);
        await group.Instance.Log.Groups.LeaveAsync(group.Stream, Group, b.Member, b.Generation, default);
        a = await group.HeartbeatAsync(a, 0);
        Assert.Equal("0 1", Owned(a));

        HeadwaterException refusal = await group.CommitAsync(before, (1, 7)).IsRefusedAsync(ErrorCode.PartitionLost);

        Assert.Equal(a.Generation.Value, refusal.Number("generation"));
        await group.CommitAsync(a, (1, 7));
    });

    [Fact]
    public void Without_membership_nobody_commits_where_a_member_is() => Play(2, async group =>
    {
        await group.JoinAsync("a");

        await group.CommitAsync(null, (0, 1)).IsRefusedAsync(ErrorCode.PartitionHeld);
    });

    [Fact]
    public void Without_membership_anybody_commits_where_nobody_is_any_more() => Play(2, async group =>
    {
        await group.JoinAsync("a", session: 6);
        await group.WaitAsync(12);

        await group.CommitAsync(null, (0, 1));

        Assert.Equal("0:1", await group.OffsetsAsync());
    });

    [Fact]
    public void Lag_is_what_is_left_to_read() => Play(2, async group =>
    {
        await group.CommitAsync(null, (0, 3), (1, Events));

        GroupDescription described = await group.DescribeAsync();

        Assert.Equal([Events - 3, 0], described.Offsets.Select(o => o.Lag));
        Assert.Equal(Events - 3, described.Lag);
    });

    [Fact]
    public void A_commit_repeated_after_its_answer_was_lost_is_taken() => Play(1, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a");
        group.Instance.Storage.When(
            c => c.Operation == Testing.StorageOperation.ApplyRows && !c.Name.EndsWith("changed", StringComparison.Ordinal), Testing.CallFate.AnswerLost);
        await Assert.ThrowsAnyAsync<Exception>(() => group.CommitAsync(a, (0, 5)));

        await group.CommitAsync(a, (0, 5));

        Assert.Equal("0:5", await group.OffsetsAsync());
    });

    [Fact]
    public void A_rewind_goes_to_the_first_event_of_a_time() => Play(1, async group =>
    {
        DateTimeOffset later = group.World.Time.GetUtcNow() + TimeSpan.FromMinutes(5);
        await group.WaitAsync(600);
        await group.Instance.AppendAsync(group.Stream, "late");
        await group.CommitAsync(null, (0, Events + 1));

        ResetOutcome outcome = await ResetAsync(group, ReadFrom.Since(UnixMicros.From(later)));

        Assert.Equal(((long?)(Events + 1), (long)Events), (outcome.Offsets[0].Before?.Value, outcome.Offsets[0].After.Value));
        Assert.Equal($"0:{Events}", await group.OffsetsAsync());
    });

    [Fact]
    public void A_dry_run_changes_nothing() => Play(1, async group =>
    {
        await group.CommitAsync(null, (0, 5));

        ResetOutcome outcome = await ResetAsync(group, ReadFrom.Earliest, dryRun: true);

        Assert.False(outcome.Applied);
        Assert.Equal("0:5", await group.OffsetsAsync());
    });

    [Fact]
    public void A_rewind_is_refused_while_members_are_alive() => Play(1, async group =>
    {
        await group.CommitAsync(await group.JoinAsync("a"), (0, 5));

        await ResetAsync(group, ReadFrom.Earliest).IsRefusedAsync(ErrorCode.GroupActive);

        Assert.Equal("0:5", await group.OffsetsAsync());
    });

    [Fact]
    public void A_forced_rewind_fences_the_members() => Play(1, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a");
        await group.CommitAsync(a, (0, 5));

        await ResetAsync(group, ReadFrom.Earliest, force: true);

        await group.CommitAsync(a, (0, 6)).IsRefusedAsync(ErrorCode.MemberExpired);
        await group.HeartbeatAsync(a, 0).IsRefusedAsync(ErrorCode.MemberExpired);
        Assert.Equal(0, (await group.JoinAsync("a")).Partitions.Single().Offset!.Value.Value);
    });

    [Fact]
    public void Two_hundred_partitions_are_rewound_in_steps() => Play(200, async group =>
    {
        await group.CommitAsync(null, (0, 5), (3, 7));

        ResetOutcome outcome = await ResetAsync(group, ReadFrom.Earliest);

        Assert.Equal(200, outcome.Offsets.Count);
        Assert.Equal(200, (await group.DescribeAsync()).Offsets.Count(o => o.Offset == Offset.Zero));
    });

    private static Task<ResetOutcome> ResetAsync(GroupWorld group, ReadFrom to, bool dryRun = false, bool force = false) =>
        group.Instance.Log.Groups.ResetAsync(group.Stream, Group, new ResetRequest(to, null, dryRun, force), default);
}
