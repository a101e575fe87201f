using Headwater.Core.Positions;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Partitions;

/// <summary>A roll that broke off costs readers one listing a minute, and nothing once maintenance has finished it.</summary>
public sealed class UnfinishedRollTests
{
    /// <summary>The calls after which a roll can break off: nothing after the seal, or an empty successor.</summary>
    public static TheoryData<StorageOperation> LastCalls => [StorageOperation.Seal, StorageOperation.CreateAppendBlob];

    [Theory]
    [MemberData(nameof(LastCalls))]
    public void Reads_at_the_end_list_once_a_minute(StorageOperation last) => World.Play(async world =>
    {
        StreamDescription stream = await BreakOffAsync(world, last);
        Instance reader = world.Start();
        await ReadEndAsync(reader, stream);
        reader.Storage.Clear();
        for (int second = 0; second < 180; second++)
        {
            await ReadEndAsync(reader, stream);
            await Task.Delay(TimeSpan.FromSeconds(1), world.Time);
        }

        Assert.InRange(reader.Storage.Of(StorageOperation.List).Count(), 1, 4);
    });

    [Theory]
    [MemberData(nameof(LastCalls))]
    public void Reads_at_the_end_at_once_share_a_listing(StorageOperation last) => World.Play(async world =>
    {
        StreamDescription stream = await BreakOffAsync(world, last);
        Instance reader = world.Start();
        await ReadEndAsync(reader, stream);
        await Task.Delay(TimeSpan.FromMinutes(2), world.Time);
        reader.Storage.Clear();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ReadEndAsync(reader, stream)));

        Assert.Single(reader.Storage.Of(StorageOperation.List));
    });

    [Theory]
    [MemberData(nameof(LastCalls))]
    public void What_another_process_appends_behind_the_roll_is_seen_at_once(StorageOperation last) => World.Play(async world =>
    {
        StreamDescription stream = await BreakOffAsync(world, last);
        Instance reader = world.Start();
        await ReadEndAsync(reader, stream);
        await ReadEndAsync(reader, stream);
        await world.Start().AppendAsync(stream, "c");

        Assert.Equal(["c"], (await reader.ReadAsync(stream, from: 2)).Values);
    });

    [Theory]
    [InlineData(StorageOperation.Seal, MaintenanceWork.Checkpoint)]
    [InlineData(StorageOperation.Seal, MaintenanceWork.Seal)]
    [InlineData(StorageOperation.CreateAppendBlob, MaintenanceWork.Checkpoint)]
    [InlineData(StorageOperation.CreateAppendBlob, MaintenanceWork.Seal)]
    public void Maintenance_finishes_the_roll(StorageOperation last, MaintenanceWork work) => World.Play(async world =>
    {
        StreamDescription stream = await BreakOffAsync(world, last);
        await world.Start().MaintainAsync(stream, work);
        Instance reader = world.Start();
        await ReadEndAsync(reader, stream);
        reader.Storage.Clear();
        await ReadEndAsync(reader, stream);

        Assert.Equal([StorageOperation.Read], reader.Storage.Calls.Select(c => c.Operation));
        Assert.Equal([0, 2], await Audit.PartitionAsync(world, stream));
        Assert.Equal(2, await world.Start().AppendAsync(stream, "c"));
    });

    private static async Task<StreamDescription> BreakOffAsync(World world, StorageOperation last)
    {
        Instance writer = world.Start(Options.RollsOften);
        StreamDescription stream = await writer.CreateAsync();
        await writer.AppendAsync(stream, "a");
        await writer.AppendAsync(stream, "b");
        writer.Storage.Next(last, CallFate.CrashAfter);
        Assert.False(await writer.SurvivesAsync(writer.AppendAsync(stream, "lost")));
        return stream;
    }

    private static async Task ReadEndAsync(Instance reader, StreamDescription stream) =>
        Assert.Empty((await reader.ReadAsync(stream, ReadFrom.At(new Offset(2)))).Events);
}
