using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Offsets;
using Headwater.Log.Groups.Snapshots;
using Headwater.Log.Ports;
using Headwater.Log.Read;
using Headwater.Testing;
using Xunit;
using static Headwater.Log.Tests.Groups.GroupWorld;

namespace Headwater.Log.Tests.Groups;

public sealed class CopyTests
{
    [Fact]
    public void Lost_tables_fall_back_to_the_last_copy() => Play(2, async group =>
    {
        await group.CommitAsync(null, (0, 3), (1, 4));
        await CopyAsync(group);
        await group.CommitAsync(null, (0, 9));

        group.World.Tables.Clear();

        Assert.Equal("0:3 1:4", await group.OffsetsAsync());
    });

    [Theory]
    [InlineData("x", 4_096)]
    [InlineData("\u00e9", 2_048)]
    [InlineData("\u0001", 2_048)]
    public void The_largest_copy_that_commits_can_make_is_restored(string character, int count) => Play(1024, async group =>
    {
        await CommitAllAsync(group, string.Concat(Enumerable.Repeat(character, count)));
        await CopyAsync(group);
        group.World.Tables.Clear();

        Assert.Equal(1024, (await group.DescribeAsync()).Offsets.Count);
    });

    [Theory]
    [InlineData("\u00e9", 2_049)]
    [InlineData("\u0001", 4_096)]
    [InlineData("<", 4_096)]
    public void Metadata_that_makes_copies_too_large_is_refused(string character, int count) => Play(1024, async group =>
        await CommitAllAsync(group, string.Concat(Enumerable.Repeat(character, count))).IsRefusedAsync(ErrorCode.InvalidParameter));

    [Fact]
    public void A_copy_from_before_the_limit_is_restored() => Play(1024, async group =>
    {
        await group.CommitAsync(null, (0, 1));
        string metadata = new('\u0001', 4_096);
        string name = Log.Segments.BlobNames.Group(group.Stream.Name, group.Stream.StreamId, Group.Value);
        using BlobRead stored = (await group.World.Store.ReadAsync(name, 0, 1 << 20, default))!;
        GroupDocument large = GroupDocument.Read(stored.Content.Span, name) with
        {
            Offsets = Enumerable.Range(0, 1024).ToDictionary(p => $"{p}", _ => new SnapshotOffset(0, metadata)),
        };
        byte[] bytes = large.Write();
        Assert.InRange(bytes.Length, 25_000_000, 26_000_000);
        await group.World.Store.WriteAsync(name, bytes, WriteCondition.Always, default);
        group.World.Tables.Clear();

        Assert.All((await group.DescribeAsync()).Offsets, o => Assert.Equal(metadata, o.Metadata));
    });

    [Fact]
    public void Restored_rows_are_of_a_generation_past_every_old_members() => Play(1, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a");
        group.World.Tables.Clear();

        Assert.True((await group.DescribeAsync()).Generation > a.Generation);
        await group.CommitAsync(a, (0, 1)).IsRefusedAsync(ErrorCode.MemberExpired);
    });

    [Fact]
    public void After_a_loss_nobody_gets_a_partition_before_every_session_is_over() => Play(1, async group =>
    {
        await group.JoinAsync("a");
        group.World.Tables.Clear();
        MemberAnswer b = await group.HeartbeatAsync(await group.JoinAsync("b"));
        Assert.Empty(b.Partitions);

        await group.WaitAsync(40);
        b = await group.HeartbeatAsync(b);
        await group.WaitAsync(26);

        Assert.Single((await group.HeartbeatAsync(b)).Partitions);
    });

    [Fact]
    public void A_rewind_is_not_undone_by_losing_the_tables() => Play(1, async group =>
    {
        await group.CommitAsync(null, (0, 9));
        await CopyAsync(group);
        await group.Instance.Log.Groups.ResetAsync(group.Stream, Group, new ResetRequest(ReadFrom.At(new Offset(2)), null, false, false), default);

        group.World.Tables.Clear();

        Assert.Equal("0:2", await group.OffsetsAsync());
    });

    [Fact]
    public void A_deleted_group_stays_deleted_though_it_was_copied_and_is_being_copied() => Play(1, async group =>
    {
        await group.CommitAsync(null, (0, 9));
        await CopyAsync(group);
        await group.Instance.Log.Groups.DeleteAsync(group.Stream, Group, force: true, default);

        await CopyAsync(group);
        group.World.Tables.Clear();

        await group.DescribeAsync().IsRefusedAsync(ErrorCode.GroupNotFound);
    });

    [Fact]
    public void A_group_created_after_its_deletion_begins_empty_at_a_later_generation() => Play(1, async group =>
    {
        MemberAnswer a = await group.JoinAsync("a");
        await group.CommitAsync(a, (0, 9));
        await group.Instance.Log.Groups.DeleteAsync(group.Stream, Group, force: true, default);
        await group.WaitAsync(1);

        MemberAnswer again = await group.JoinAsync("a");

        Assert.Null(again.Partitions.Single().Offset);
        Assert.True(again.Generation > a.Generation);
        await group.CommitAsync(a, (0, 9)).IsRefusedAsync(ErrorCode.MemberExpired);
    });

    [Fact]
    public void Groups_are_listed_after_the_tables_were_lost() => Play(1, async group =>
    {
        await group.JoinAsync("a");
        group.World.Tables.Clear();

        Assert.Equal([Group], (await group.Instance.Log.Groups.ListAsync(group.Stream, null, 100, default)).Groups);
    });

    [Fact]
    public void A_copy_that_says_the_same_is_not_written() => Play(1, async group =>
    {
        await group.CommitAsync(null, (0, 9));
        await CopyAsync(group);

        Assert.Equal((0, 1, 0, true), Told(await CopyAsync(group)));
    });

    [Fact]
    public void A_group_that_nobody_commits_to_any_more_is_left_alone() => Play(1, async group =>
    {
        await group.CommitAsync(null, (0, 9));
        await group.WaitAsync(200);
        await CopyAsync(group);

        Assert.Equal((0, 0, 0, true), Told(await CopyAsync(group)));
    });

    [Fact]
    public void A_first_commit_that_lands_only_after_the_tables_were_lost_takes_nothing_back() => Play(2, async group =>
    {
        TaskCompletionSource gate = await CommitLateAsync(group);
        await group.CommitAsync(null, (0, 7));
        await CopyAsync(group);
        await LandAfterALossAsync(group, gate);

        Assert.Equal("0:7 1:1", await group.OffsetsAsync());
    });

    [Fact]
    public void A_commit_from_before_a_rewind_that_lands_only_after_the_tables_were_lost_skips_nothing() => Play(2, async group =>
    {
        TaskCompletionSource gate = await CommitLateAsync(group);
        await group.Instance.Log.Groups.ResetAsync(group.Stream, Group, new ResetRequest(ReadFrom.At(new Offset(2)), null, false, false), default);
        await CopyAsync(group);
        await LandAfterALossAsync(group, gate);

        Assert.Equal("0:2 1:2", await group.OffsetsAsync());
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_commit_from_before_a_rewind_does_not_stand_where_no_copy_was_made_since(bool isRestoredFirst) => Play(2, async group =>
    {
        TaskCompletionSource gate = await CommitLateAsync(group);
        await group.Instance.Log.Groups.ResetAsync(group.Stream, Group, new ResetRequest(ReadFrom.At(new Offset(2)), null, false, false), default);
        group.World.Tables.Clear();
        await (isRestoredFirst ? group.DescribeAsync() : Task.CompletedTask);
        gate.SetResult();
        await group.World.QuietAsync();

        Assert.Equal("", await group.OffsetsAsync());
    });

    [Fact]
    public void Rows_made_again_that_land_only_after_the_next_loss_are_not_behind_the_copy() => Play(1, async group =>
    {
        await group.CommitAsync(null, (0, 5));
        TaskCompletionSource gate = await RestoreLateAsync(group);
        await group.WaitAsync(61); // Until then the process relies on a mark that the loss removed.
        await group.CommitAsync(null, (0, 8));
        await CopyAsync(group);
        await LandAfterALossAsync(group, gate);

        Assert.Equal("0:8", await group.OffsetsAsync());
    });

    [Fact]
    public void Rows_made_again_from_a_copy_of_before_a_rewind_that_land_only_after_the_next_loss_skip_nothing() => Play(1, async group =>
    {
        await group.CommitAsync(null, (0, 8));
        TaskCompletionSource gate = await RestoreLateAsync(group);
        await group.Instance.Log.Groups.ResetAsync(group.Stream, Group, new ResetRequest(ReadFrom.At(new Offset(2)), null, false, false), default);
        await LandAfterALossAsync(group, gate);

        Assert.Equal("0:2", await group.OffsetsAsync());
    });

    [Fact]
    public void Groups_are_copied_in_another_order_each_time_so_that_a_short_budget_reaches_all() => Play(1, async group =>
    {
        foreach (string name in new[] { "a", "b", "c" })
        {
            await CommitAsync(group, name);
        }

        Instance copier = group.World.Start();
        copier.Storage.Every(IsDocument, CallFate.After(() => group.WaitAsync(2)));
        for (int run = 0; run < 12; run++)
        {
            await copier.Log.Groups.CopyChangedAsync(TimeSpan.FromSeconds(1), default);
        }

        Assert.Equal(["a.json", "b.json", "c.json"], copier.Storage.Of(StorageOperation.Write).Select(c => c.ShortName).Order(StringComparer.Ordinal));
    });

    [Fact]
    public void A_group_that_cannot_be_copied_keeps_no_other_waiting() => Play(1, async group =>
    {
        await CommitAsync(group, "a");
        await CommitAsync(group, "b");
        Instance copier = group.World.Start();
        copier.Storage.Every(c => c.ShortName == "a.json", CallFate.Refused(StorageFault.Denied));

        GroupSnapshotReport report = await copier.Log.Groups.CopyChangedAsync(TimeSpan.FromMinutes(1), default);

        Assert.Equal((1, false), (report.Copied, report.IsComplete));
        Assert.Equal("a", Assert.Single(report.Failures).Group.Value);
    });

    /// <summary>In an existing group, commits partition 0 for the first time, at offset 5. The commit reaches storage only when the gate opens.</summary>
    private static async Task<TaskCompletionSource> CommitLateAsync(GroupWorld group)
    {
        await group.CommitAsync(null, (1, 1));
        return await WriteLateAsync(group, () => group.CommitAsync(null, (0, 5)));
    }

    /// <summary>Copies the group, clears the tables, and restores the rows. The writes of the restoration reach storage only when the gate opens.</summary>
    private static async Task<TaskCompletionSource> RestoreLateAsync(GroupWorld group)
    {
        await CopyAsync(group);
        group.World.Tables.Clear();
        return await WriteLateAsync(group, () => group.OffsetsAsync());
    }

    private static async Task<TaskCompletionSource> WriteLateAsync(GroupWorld group, Func<Task> write)
    {
        var gate = new TaskCompletionSource();
        group.Instance.Storage.When(
            c => c is { Operation: StorageOperation.ApplyRows } && c.Name.EndsWith(":g", StringComparison.Ordinal), CallFate.LandsAfter(gate.Task));
        await Assert.ThrowsAsync<StorageException>(write);
        return gate;
    }

    private static async Task LandAfterALossAsync(GroupWorld group, TaskCompletionSource gate)
    {
        group.World.Tables.Clear();
        gate.SetResult();
        await group.World.QuietAsync();
    }

    private static bool IsDocument(StorageCall call) => call.Operation == StorageOperation.Read && call.ShortName.EndsWith(".json", StringComparison.Ordinal);

    private static (int Copied, int Unchanged, int Removed, bool IsComplete) Told(GroupSnapshotReport report) =>
        (report.Copied, report.Unchanged, report.Removed, report.IsComplete);

    private static Task CommitAsync(GroupWorld group, string name) => group.Instance.Log.Groups.CommitAsync(
        group.Stream, GroupName.Parse(name), new CommitRequest([new PartitionCommit(new PartitionId(0), new Offset(1), null)], null, null), default);

    private static Task<GroupSnapshotReport> CopyAsync(GroupWorld group) => group.World.Start().Log.Groups.CopyChangedAsync(TimeSpan.FromMinutes(1), default);

    private static async Task CommitAllAsync(GroupWorld group, string metadata)
    {
        foreach (int[] partitions in Enumerable.Range(0, 1024).Chunk(CommitRequest.PartitionsMax))
        {
            PartitionCommit[] commits = [.. partitions.Select(p => new PartitionCommit(new PartitionId(p), Offset.Zero, metadata))];
            await group.Instance.Log.Groups.CommitAsync(group.Stream, Group, new CommitRequest(commits, null, null), default);
        }
    }
}
