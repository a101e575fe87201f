using Headwater.Contracts.Errors;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Append;

/// <summary>If storage is down, the answer says "not stored" when that is certain and "unknown" only when it is not.</summary>
public sealed class StorageTroubleTests
{
    [Fact]
    public void A_request_one_of_whose_partitions_is_down_succeeds_in_part() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world, "00001");

        AppendOutcome outcome = await instance.AppendAsync(stream, Everywhere());

        Assert.Equal([0, 2], outcome.Partitions.Select(p => p.Partition.Value));
        PartitionFailure failure = Assert.Single(outcome.Failed);
        Assert.Equal((1, ErrorCode.StorageUnavailable), (failure.Partition.Value, failure.Error.Code));
        Assert.Equal(Enumerable.Range(0, 30), outcome.Partitions.SelectMany(p => p.Events).Concat(failure.Events).Order());
    });

    [Fact]
    public void The_partitions_that_are_up_have_stored_their_share_and_the_one_that_is_down_nothing() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world, "00001");

        AppendOutcome outcome = await instance.AppendAsync(stream, Everywhere());

        Instance reader = world.Start();
        foreach (PartitionAppend stored in outcome.Partitions)
        {
            Assert.Equal(stored.Events.Select(i => $"v{i}"), await reader.ValuesAsync(stream, stored.Partition.Value));
        }

        Assert.Empty(await reader.ValuesAsync(stream, 1));
    });

    [Fact]
    public void A_request_all_of_whose_partitions_are_down_fails_as_a_whole() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world, "/");
        BlobContents contents = await world.CaptureContentsAsync();

        HeadwaterException refusal = await instance.AppendAsync(stream, Everywhere()).IsRefusedAsync(ErrorCode.StorageUnavailable);

        Assert.NotNull(refusal.RetryAfter);
        await contents.AssertNothingChangedAsync(default);
    });

    [Fact]
    public void A_request_that_failed_everywhere_and_is_in_doubt_somewhere_is_in_doubt() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world, "00001");
        instance.Storage.Every(c => c.Operation == StorageOperation.AppendBlock, CallFate.LostBefore);

        await instance.AppendAsync(stream, Everywhere()).IsRefusedAsync(ErrorCode.AppendUnknown);
    });

    [Fact]
    public void A_partition_that_cannot_be_opened_has_stored_nothing_for_certain() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        instance.Storage.Every(c => c.Operation == StorageOperation.Read, CallFate.LostBefore);
        BlobContents contents = await world.CaptureContentsAsync();

        await instance.AppendAsync(stream, Posted.Numbers(1)).IsRefusedAsync(ErrorCode.StorageUnavailable);

        await contents.AssertNothingChangedAsync(default);
    });

    [Theory]
    [InlineData(StorageFault.Denied, ErrorCode.StorageUnavailable)]
    [InlineData(StorageFault.NotProvisioned, ErrorCode.StorageUnavailable)]
    [InlineData(StorageFault.Rejected, ErrorCode.Internal)]
    public void An_append_that_storage_refuses_is_not_in_doubt_and_stores_nothing(StorageFault fault, ErrorCode code) => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        instance.Storage.Next(StorageOperation.AppendBlock, CallFate.Refused(fault));
        BlobContents contents = await world.CaptureContentsAsync();

        await instance.AppendAsync(stream, Posted.Numbers(1), target: 0).IsRefusedAsync(code);

        await contents.AssertNothingChangedAsync(default);
    });

    [Fact]
    public void An_append_works_again_as_soon_as_storage_does() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        instance.Storage.Every(c => c.IsBlobCall, CallFate.Refused(StorageFault.Denied));
        await instance.AppendAsync(stream, "lost").IsRefusedAsync(ErrorCode.StorageUnavailable);
        instance.Storage.Heal();

        Assert.Equal(0, await instance.AppendAsync(stream, "stored"));
    });

    private static IEnumerable<Posted> Everywhere() => Enumerable.Range(0, 30).Select(i => new Posted($"v{i}", $"k{i}"));

    /// <param name="down">A part of the names of the blobs to which every append fails.</param>
    private static async Task<(Instance Instance, StreamDescription Stream)> StartAsync(World world, string? down = null)
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("orders", Options.Partitioned(3));
        if (down is not null)
        {
            instance.Storage.Every(
                c => c.Operation == StorageOperation.AppendBlock && c.Name.Contains($"/{down.Trim('/')}", StringComparison.Ordinal),
                CallFate.Refused(StorageFault.Denied));
        }

        return (instance, stream);
    }
}
