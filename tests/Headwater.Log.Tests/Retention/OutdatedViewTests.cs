using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Offsets;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Retention;

/// <summary>Retention deletes segments while an instance has an older description, listing and end of the partition in memory.</summary>
public sealed class OutdatedViewTests
{
    private static readonly GroupName Group = GroupName.Parse("g");

    private static readonly StreamSettings OneDay = Options.Plain with { Retention = new RetentionSettings(TimeSpan.FromDays(1), null) };

    [Theory]
    [InlineData("earliest")]
    [InlineData("time")]
    public void A_read_from_a_deleted_segment_begins_at_the_new_log_start(string from) => World.Play(async world =>
    {
        (Instance reader, StreamDescription outdated) = await TrimAsync(world);

        Page page = await reader.ReadAsync(outdated, From(from));

        Assert.Equal([2, 3], page.Offsets);
        Assert.Equal(new Offset(2), page.LogStart);
    });

    [Theory]
    [InlineData("earliest")]
    [InlineData("time")]
    public void A_raw_read_from_a_deleted_segment_begins_at_the_new_log_start(string from) => World.Play(async world =>
    {
        (Instance reader, StreamDescription outdated) = await TrimAsync(world);

        using RawPage page = await reader.Log.ReadRawAsync(outdated, new ReadRequest(new PartitionId(0), From(from), 1, 1, TimeSpan.Zero), default);

        Assert.Equal([2], RawPages.Offsets(page));
        Assert.Equal(new Offset(2), page.Range.LogStart);
    });

    [Fact]
    public void A_read_at_a_deleted_offset_is_told_the_new_log_start() => World.Play(async world =>
    {
        (Instance reader, StreamDescription outdated) = await TrimAsync(world);

        HeadwaterException refusal = await reader.ReadAsync(outdated, from: 0).IsRefusedAsync(ErrorCode.OffsetBelowStart);

        Assert.Equal(2, refusal.Number("logStartOffset"));
    });

    [Fact]
    public void A_raw_read_at_a_deleted_offset_is_told_the_new_log_start() => World.Play(async world =>
    {
        (Instance reader, StreamDescription outdated) = await TrimAsync(world);
        var request = new ReadRequest(new PartitionId(0), ReadFrom.At(new Offset(1)), 1, 1, TimeSpan.Zero);

        HeadwaterException refusal = await reader.Log.ReadRawAsync(outdated, request, default).IsRefusedAsync(ErrorCode.OffsetBelowStart);

        Assert.Equal(2, refusal.Number("logStartOffset"));
    });

    [Fact]
    public void Positions_have_the_new_log_start() => World.Play(async world =>
    {
        (Instance reader, StreamDescription outdated) = await TrimAsync(world);

        PartitionPositions positions = (await reader.Log.PositionsAsync(outdated, default)).Single();

        Assert.Equal((new Offset(2), new Offset(4)), (positions.LogStart, positions.LogEnd));
    });

    [Fact]
    public void Segments_that_are_deleted_between_the_listing_and_the_reads_of_their_headers_are_not_listed() => World.Play(async world =>
    {
        Instance reader = world.Start();
        StreamDescription stream = await FillAsync(world);
        await Task.Delay(TimeSpan.FromHours(25), world.Time);
        await world.Start(Entities.Options).FillAsync(stream, "c", "d");
        var gate = new TaskCompletionSource();
        reader.Storage.Next(StorageOperation.List, CallFate.AnsweredAfter(gate.Task));
        Task<IReadOnlyList<SegmentListing>> listing = reader.Log.SegmentsAsync(stream, null, null, default);
        await world.QuietAsync();
        await world.Start().MaintainAsync(stream, MaintenanceWork.Retain);
        gate.SetResult();

        Assert.Equal([2, 3], (await listing).Select(s => s.Base.Value));
    });

    [Theory]
    [InlineData("earliest")]
    [InlineData("time")]
    [InlineData("offset")]
    public void A_group_is_reset_to_the_new_log_start_at_the_lowest(string to) => World.Play(async world =>
    {
        (Instance reader, StreamDescription outdated) = await TrimAsync(world);
        await CommitAsync(reader, outdated, 4);

        ResetOutcome outcome = await reader.Log.Groups.ResetAsync(outdated, Group, new ResetRequest(From(to), null, DryRun: false, Force: false), default);

        Assert.Equal(new Offset(2), outcome.Offsets.Single().After);
    });

    [Fact]
    public void A_log_that_lacks_segments_without_retention_is_still_corrupt() => World.Play(async world =>
    {
        Instance reader = world.Start();
        StreamDescription stream = await FillAsync(world);
        await reader.ReadAllAsync(stream);
        string first = (await world.NamesAsync()).Single(n => n.EndsWith("/00000000000000000000.avro", StringComparison.Ordinal));
        await world.Store.DeleteAsync(first, null, default);

        await reader.ReadAsync(stream, ReadFrom.Earliest).IsRefusedAsync(ErrorCode.CorruptSegment);
    });

    [Fact]
    public void The_instance_that_ran_retention_knows_the_new_log_start() => World.Play(async world =>
    {
        StreamDescription stream = await FillAsync(world);
        Instance instance = world.Start(Entities.Options);
        await Task.Delay(TimeSpan.FromHours(25), world.Time);
        await instance.FillAsync(await instance.GetAsync(), "c", "d");
        await instance.MaintainAsync(stream, MaintenanceWork.Retain);

        Assert.Equal(new Offset(2), (await instance.GetAsync()).LogStart(new PartitionId(0)));
    });

    /// <summary>A stream whose first two segments another instance deletes after the reader has read them.</summary>
    private static async Task<(Instance Reader, StreamDescription Outdated)> TrimAsync(World world)
    {
        Instance reader = world.Start();
        StreamDescription outdated = await FillAsync(world);
        Assert.Equal(2, (await reader.ReadAllAsync(outdated)).Count);
        await Task.Delay(TimeSpan.FromHours(25), world.Time);
        await world.Start(Entities.Options).FillAsync(outdated, "c", "d");
        PartitionReport report = await world.Start().MaintainAsync(outdated, MaintenanceWork.Retain);
        Assert.Equal(2, report.SegmentsDropped);
        return (reader, outdated);
    }

    private static async Task<StreamDescription> FillAsync(World world)
    {
        Instance writer = world.Start(Entities.Options);
        StreamDescription stream = await writer.CreateAsync(settings: OneDay);
        await writer.FillAsync(stream, "a", "b");
        return stream;
    }

    private static Task CommitAsync(Instance instance, StreamDescription stream, long offset) =>
        instance.Log.Groups.CommitAsync(
            stream, Group, new CommitRequest([new PartitionCommit(new PartitionId(0), new Offset(offset), null)], null, null), default);

    private static ReadFrom From(string from) => from switch
    {
        "earliest" => ReadFrom.Earliest,
        "time" => ReadFrom.Since(new UnixMicros(0)),
        _ => ReadFrom.At(Offset.Zero),
    };
}
