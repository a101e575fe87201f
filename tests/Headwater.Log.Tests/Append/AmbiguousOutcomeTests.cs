using Headwater.Contracts.Errors;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Append;

/// <summary>AppendBlock calls without an answer, for every possible outcome of the call.</summary>
public sealed class AmbiguousOutcomeTests
{
    [Fact]
    public void An_append_whose_answer_was_lost_is_found_stored() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.AnswerLost);

        Assert.Equal(1, await instance.AppendAsync(stream, "a"));

        Assert.Single(instance.Storage.Of(StorageOperation.AppendBlock));
        Assert.Equal(["first", "a"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void An_append_that_was_lost_is_sent_again_and_stored_once() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.LostBefore, times: 3);

        Assert.Equal(1, await instance.AppendAsync(stream, "a"));

        Assert.Equal(4, instance.Storage.Of(StorageOperation.AppendBlock).Count());
        Assert.Equal(["first", "a"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void An_append_is_always_sent_again_to_the_same_position() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.LostBefore, times: 3);

        await instance.AppendAsync(stream, "a");

        Assert.Single(instance.Storage.Of(StorageOperation.AppendBlock).Select(c => (c.Position, c.Sent)).Distinct());
    });

    [Fact]
    public void An_append_that_lands_late_but_before_it_is_sent_again_is_stored_once() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        var gate = new TaskCompletionSource();
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.LandsAfter(gate.Task));
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.After(() => OpenAsync(world, gate)));

        Assert.Equal(1, await instance.AppendAsync(stream, "a"));

        Assert.Equal(["first", "a"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void An_append_that_would_land_after_it_was_sent_again_does_not_land() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        var gate = new TaskCompletionSource();
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.LandsAfter(gate.Task));
        await instance.AppendAsync(stream, "a");

        await OpenAsync(world, gate);

        Assert.Equal(["first", "a"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void An_append_that_was_overtaken_while_in_doubt_is_stored_after_the_other() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        Instance other = world.Start();
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.LostBefore);
        instance.Storage.Next(StorageOperation.Read, CallFate.After(() => other.AppendAsync(stream, "other")));

        Assert.Equal(2, await instance.AppendAsync(stream, "a"));

        Assert.Equal(["first", "other", "a"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void A_condition_is_checked_again_when_an_append_in_doubt_turns_out_not_stored() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        Instance other = world.Start();
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.LostBefore);
        instance.Storage.Next(StorageOperation.Read, CallFate.After(() => other.AppendAsync(stream, "other")));

        await instance.AppendAsync(stream, new AppendOptions { IfOffset = new Core.Positions.Offset(1) }, "a").IsRefusedAsync(ErrorCode.OffsetMismatch);

        Assert.Equal(["first", "other"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void An_append_in_doubt_to_a_segment_sealed_without_it_is_stored_in_the_next() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        string segment = BlobNames.Segment(BlobNames.PartitionFolder(stream.Name, stream.StreamId, default), default);
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.LostBefore);
        instance.Storage.Next(StorageOperation.Read, CallFate.After(async () => await world.Store.SealAsync(segment, default)));

        Assert.Equal(1, await instance.AppendAsync(stream, "a"));

        Assert.Equal(["first", "a"], await world.Start().ValuesAsync(stream));
        await Audit.PartitionAsync(world, stream);
    });

    [Fact]
    public void An_append_in_doubt_that_landed_before_the_segment_was_sealed_is_stored_once() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        string segment = BlobNames.Segment(BlobNames.PartitionFolder(stream.Name, stream.StreamId, default), default);
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.AnswerLost);
        instance.Storage.Next(StorageOperation.Read, CallFate.After(async () => await world.Store.SealAsync(segment, default)));

        Assert.Equal(1, await instance.AppendAsync(stream, "a"));

        Assert.Equal(["first", "a"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void An_answer_that_proves_nothing_about_the_try_before_leaves_it_in_doubt() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.AnswerLost);
        instance.Storage.Next(StorageOperation.Read, CallFate.LostBefore);
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.Refused(StorageFault.Denied));

        Assert.Equal(1, await instance.AppendAsync(stream, "a"));

        Assert.Equal(["first", "a"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void Out_of_patience_the_outcome_is_unknown() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        instance.Storage.Every(c => c.Operation == StorageOperation.AppendBlock, CallFate.LostBefore);

        HeadwaterException refusal = await instance.AppendAsync(stream, "a").IsRefusedAsync(ErrorCode.AppendUnknown);

        Assert.Equal(Appended.Unknown, refusal.Code.Appended());
        Assert.InRange(world.Time.Elapsed, TimeSpan.FromSeconds(20), LogOptions.Default.AppendPatience);
    });

    [Fact]
    public void A_sealed_blob_that_was_created_late_under_a_deleted_segments_name_says_nothing() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        string segment = Assert.Single(await world.NamesAsync("orders/"), name => name.EndsWith(".avro", StringComparison.Ordinal));
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.AnswerLost).Next(StorageOperation.Read, CallFate.After(async () =>
        {
            await world.Store.DeleteAsync(segment, null, CancellationToken.None); // As compaction does once the events are elsewhere.
            await world.Store.CreateAppendBlobAsync(segment, CancellationToken.None);
            await world.Store.SealAsync(segment, CancellationToken.None);
        }));

        await instance.AppendAsync(stream, "a").IsRefusedAsync(ErrorCode.AppendUnknown);
    });

    [Fact]
    public void The_whole_group_of_an_unknown_append_is_unknown() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        Held held = await Held.StartAsync(world, instance, stream);
        Task<long>[] queued = [instance.AppendAsync(stream, "a"), instance.AppendAsync(stream, "b")];
        instance.Storage.Every(c => c.Operation == StorageOperation.AppendBlock, CallFate.LostBefore);

        await held.ReleaseAsync();

        await queued[0].IsRefusedAsync(ErrorCode.AppendUnknown);
        await queued[1].IsRefusedAsync(ErrorCode.AppendUnknown);
    });

    [Fact]
    public void The_append_after_an_unknown_one_that_was_stored_comes_behind_it() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.AnswerLost).Every(_ => true, CallFate.LostBefore);
        await instance.AppendAsync(stream, "a").IsRefusedAsync(ErrorCode.AppendUnknown);
        instance.Storage.Heal();

        Assert.Equal(2, await instance.AppendAsync(stream, "b"));

        Assert.Equal(["first", "a", "b"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void The_append_after_an_unknown_one_that_was_not_stored_takes_its_place() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        instance.Storage.Every(c => c.Operation == StorageOperation.AppendBlock, CallFate.LostBefore);
        await instance.AppendAsync(stream, "a").IsRefusedAsync(ErrorCode.AppendUnknown);
        instance.Storage.Heal();

        Assert.Equal(1, await instance.AppendAsync(stream, "b"));

        Assert.Equal(["first", "b"], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void An_unknown_append_that_lands_after_all_never_forks_the_log() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        var gate = new TaskCompletionSource();
        instance.Storage.Every(c => c.Operation == StorageOperation.AppendBlock, CallFate.LandsAfter(gate.Task));
        await instance.AppendAsync(stream, "a").IsRefusedAsync(ErrorCode.AppendUnknown);
        instance.Storage.Heal();
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.After(() => OpenAsync(world, gate)));

        Assert.Equal(2, await instance.AppendAsync(stream, "b"));

        Assert.Equal(["first", "a", "b"], await world.Start().ValuesAsync(stream));
        await Audit.PartitionAsync(world, stream);
    });

    [Fact]
    public void An_unknown_append_whose_place_is_taken_never_lands() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        var gate = new TaskCompletionSource();
        instance.Storage.Every(c => c.Operation == StorageOperation.AppendBlock, CallFate.LandsAfter(gate.Task));
        await instance.AppendAsync(stream, "a").IsRefusedAsync(ErrorCode.AppendUnknown);
        instance.Storage.Heal();
        await instance.AppendAsync(stream, "b");

        await OpenAsync(world, gate);

        Assert.Equal(["first", "b"], await world.Start().ValuesAsync(stream));
        await Audit.PartitionAsync(world, stream);
    });

    private static async Task<(Instance Instance, StreamDescription Stream)> StartAsync(World world)
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        await instance.AppendAsync(stream, "first");
        instance.Storage.Clear();
        return (instance, stream);
    }

    private static Task OpenAsync(World world, TaskCompletionSource gate)
    {
        gate.SetResult();
        return world.QuietAsync();
    }
}
