using Headwater.Contracts.Errors;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Maintenance;

/// <summary>The last failure of a stream's maintenance can be read until the work succeeds.</summary>
public sealed class FailureTests
{
    [Fact]
    public void A_failure_names_the_time_the_work_the_partition_and_the_reason() => World.Play(async world =>
    {
        StreamDescription stream = await BreakAsync(world, partition: 1);
        MaintenanceFailure failure = (await world.Start().Log.Maintenance.FailureOfAsync(stream, CancellationToken.None))!;

        Assert.Equal((MaintenanceWork.Seal, 1), (failure.Work, failure.Partition?.Value));
        Assert.StartsWith("The script refused Read", failure.Reason, StringComparison.Ordinal);
        Assert.Equal(world.Time.GetUtcNow(), failure.At.ToDateTimeOffset());
    });

    [Fact]
    public void The_message_of_a_defect_is_for_the_log_alone() => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync("a");
        Instance timer = world.Start();
        timer.Storage.Every(c => IsOf(c, stream, 0), CallFate.Throws(new InvalidOperationException("inner workings")));
        MaintenanceFailure failure = Assert.Single((await timer.MaintainDueAsync(MaintenanceWork.Seal)).Failures);

        Assert.Equal("Internal error (InvalidOperationException).", failure.Reason);
        Assert.Equal("inner workings", failure.Defect?.Message);
    });

    [Fact]
    public void A_failure_stays_until_that_work_succeeds() => World.Play(async world =>
    {
        StreamDescription stream = await BreakAsync(world, partition: 0);
        await Task.Delay(TimeSpan.FromHours(1), world.Time);
        await world.Start().MaintainDueAsync(MaintenanceWork.Compact);
        Assert.NotNull(await world.Start().Log.Maintenance.FailureOfAsync(stream, CancellationToken.None));
        await world.Start().MaintainDueAsync(MaintenanceWork.Seal);

        Assert.Null(await world.Start().Log.Maintenance.FailureOfAsync(stream, CancellationToken.None));
    });

    [Fact]
    public void Work_that_failed_is_due_again_at_once() => World.Play(async world =>
    {
        StreamDescription stream = await BreakAsync(world, partition: 0);

        Assert.Equal([stream.Name], (await world.Start().MaintainDueAsync(MaintenanceWork.Seal)).Streams.Select(s => s.Stream));
        Assert.Empty((await world.Start().MaintainDueAsync(MaintenanceWork.Seal)).Streams);
    });

    [Fact]
    public void Health_names_the_streams_that_fail() => World.Play(async world =>
    {
        StreamDescription stream = await BreakAsync(world, partition: 0);
        MaintenanceHealth health = await world.Start().Log.Maintenance.HealthAsync(CancellationToken.None);

        Assert.Equal([stream.Name], health.Failures.Select(f => f.Stream));
    });

    [Fact]
    public void A_stream_created_anew_under_the_name_has_no_failure() => World.Play(async world =>
    {
        StreamDescription stream = await BreakAsync(world, partition: 0);
        Instance instance = world.Start();
        await instance.Log.Streams.DeleteAsync(stream.Name, CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(1), world.Time);
        StreamDescription created = await instance.CreateAsync(stream.Name.Value);

        Assert.Null(await instance.Log.Maintenance.FailureOfAsync(created, CancellationToken.None));
    });

    [Fact]
    public void The_failure_of_a_deleted_stream_goes() => World.Play(async world =>
    {
        StreamDescription stream = await BreakAsync(world, partition: 0);
        await world.Start().Log.Streams.DeleteAsync(stream.Name, CancellationToken.None);
        await world.Start().MaintainDueAsync(MaintenanceWork.Seal);

        Assert.Empty((await world.Start().Log.Maintenance.HealthAsync(CancellationToken.None)).Failures);
    });

    [Fact]
    public void Failures_of_any_number_of_streams_cost_one_query_a_minute() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription a = await instance.CreateAsync("a");
        StreamDescription b = await instance.CreateAsync("b");
        instance.Storage.Clear();
        for (int second = 0; second < 59; second++)
        {
            await instance.Log.Maintenance.FailureOfAsync(a, CancellationToken.None);
            await instance.Log.Maintenance.FailureOfAsync(b, CancellationToken.None);
            await Task.Delay(TimeSpan.FromSeconds(1), world.Time);
        }

        Assert.Equal([StorageOperation.QueryRows], instance.Storage.Calls.Select(c => c.Operation));
    });

    [Fact]
    public void While_the_table_is_down_a_description_has_no_failure_and_asks_once_a_minute() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("a");
        instance.Storage.Clear();
        instance.Storage.Every(c => !c.IsBlobCall, CallFate.Refused(StorageFault.Unavailable));

        Assert.Null(await instance.Log.Maintenance.FailureOfAsync(stream, CancellationToken.None));
        Assert.Null(await instance.Log.Maintenance.FailureOfAsync(stream, CancellationToken.None));
        Assert.Single(instance.Storage.Calls);
    });

    [Fact]
    public void A_stream_that_does_not_fail_costs_no_call() => World.Play(async world =>
    {
        await world.Start().CreateAsync("a");
        await world.Start().MaintainDueAsync();
        Instance timer = world.Start();
        await timer.MaintainDueAsync();

        Assert.Equal(
            [StorageOperation.QueryRows, StorageOperation.GetRow, StorageOperation.QueryRows, StorageOperation.ApplyRows],
            timer.Storage.Calls.Select(c => c.Operation));
    });

    [Fact]
    public void On_demand_the_other_partitions_are_maintained_before_the_error_is_answered() => World.Play(async world =>
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync("a", Options.Partitioned(2));
        await writer.AppendAsync(stream, [new Posted("1")], target: 1);
        Instance instance = world.Start();
        instance.Storage.Every(c => IsOf(c, stream, 0), CallFate.Refused(StorageFault.Unavailable));

        await Assert.ThrowsAsync<StorageException>(() => instance.MaintainAsync(stream, MaintenanceWork.Checkpoint));
        Assert.Equal(1, (await Checkpoints.ReadAsync(world, stream, 1))?.Next.Value);
    });

    [Fact]
    public void Storage_that_is_down_for_every_partition_ends_the_stream_after_three() => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync("a", Options.Partitioned(20));
        Instance timer = world.Start();
        timer.Storage.Every(c => c.ShortName == "checkpoint", CallFate.Refused(StorageFault.Unavailable));
        MaintenanceReport report = await timer.MaintainDueAsync(MaintenanceWork.Checkpoint);

        Assert.Equal([stream.Name], report.Failures.Select(f => f.Stream));
        Assert.Equal(3, timer.Storage.Calls.Count(c => c.ShortName == "checkpoint"));
    });

    [Fact]
    public void A_partition_without_any_segment_fails_alone() => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync("a", Options.Partitioned(2));
        await world.Store.DeleteAsync($"a/{stream.StreamId}/00000/00000000000000000000.avro", null, CancellationToken.None);
        MaintenanceReport report = await world.Start().MaintainDueAsync(MaintenanceWork.Checkpoint);

        Assert.Equal(0, Assert.Single(report.Failures).Partition?.Value);
        Assert.Equal(1, Assert.Single(Assert.Single(report.Streams).Partitions).Partition.Value);
        await world.Start().MaintainAsync(stream, MaintenanceWork.Checkpoint).IsRefusedAsync(ErrorCode.StreamNotFound);
    });

    /// <summary>Runs the seal timer while a partition cannot be read.</summary>
    private static async Task<StreamDescription> BreakAsync(World world, int partition)
    {
        StreamDescription stream = await world.Start().CreateAsync("a", Options.Partitioned(2));
        await Task.Delay(TimeSpan.FromSeconds(1), world.Time);
        Instance timer = world.Start();
        timer.Storage.Every(c => IsOf(c, stream, partition), CallFate.Refused(StorageFault.Unavailable));
        Assert.Single((await timer.MaintainDueAsync(MaintenanceWork.Seal)).Failures);
        return stream;
    }

    private static bool IsOf(StorageCall call, StreamDescription stream, int partition) =>
        call.IsBlobCall && call.Name.StartsWith($"{stream.Name}/{stream.StreamId}/{partition:D5}/", StringComparison.Ordinal);
}
