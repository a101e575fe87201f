using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Xunit;

namespace Headwater.Log.Tests.Read;

/// <summary>A read by time starts with the first event appended at or after that time.</summary>
public sealed class TimeReadTests
{
    /// <summary>Ten events, one per minute from 08:01 to 08:10, in segments of two.</summary>
    public static TheoryData<double, long?> Times => new()
    {
        { -525_600, 0 },
        { 0, 0 },
        { 1, 0 },
        { 1.5, 1 },
        { 2, 1 },
        { 2.01, 2 },
        { 3, 2 },
        { 5.5, 5 },
        { 6.5, 6 },
        { 9, 8 },
        { 10, 9 },
        { 10.01, null },
        { 525_600, null },
    };

    [Theory]
    [MemberData(nameof(Times))]
    public void A_time_is_found_cold(double minutes, long? offset) => World.Play(async world =>
    {
        DateTimeOffset start = world.Time.GetUtcNow();
        (_, StreamDescription stream) = await StartAsync(world);

        await AssertFoundAsync(world.Start(), stream, start.AddMinutes(minutes), offset);
    });

    [Theory]
    [MemberData(nameof(Times))]
    public void A_time_is_found_by_the_instance_that_appended(double minutes, long? offset) => World.Play(async world =>
    {
        DateTimeOffset start = world.Time.GetUtcNow();
        (Instance instance, StreamDescription stream) = await StartAsync(world);

        await AssertFoundAsync(instance, stream, start.AddMinutes(minutes), offset);
    });

    [Theory]
    [MemberData(nameof(Times))]
    public void A_time_is_found_without_checkpoint_and_indexes(double minutes, long? offset) => World.Play(async world =>
    {
        DateTimeOffset start = world.Time.GetUtcNow();
        (_, StreamDescription stream) = await StartAsync(world);
        foreach (string name in await world.NamesAsync())
        {
            if (name.EndsWith(".index", StringComparison.Ordinal) || name.EndsWith("checkpoint", StringComparison.Ordinal))
            {
                await world.Store.DeleteAsync(name, null, default);
            }
        }

        await AssertFoundAsync(world.Start(), stream, start.AddMinutes(minutes), offset);
    });

    [Fact]
    public void Of_events_with_equal_times_the_first_is_found_also_across_segments() => World.Play(async world =>
    {
        Instance instance = world.Start(Options.RollsOften);
        StreamDescription stream = await instance.CreateAsync();
        await instance.AppendAsync(stream, "before");
        world.Time.Advance(TimeSpan.FromMinutes(1));
        for (int i = 0; i < 8; i++)
        {
            await instance.AppendAsync(stream, $"{i}a", $"{i}b");
        }

        await AssertFoundAsync(instance, stream, world.Time.GetUtcNow(), 1);
        await AssertFoundAsync(world.Start(), stream, world.Time.GetUtcNow(), 1);
    });

    [Fact]
    public void A_time_below_the_log_start_begins_at_the_log_start() => World.Play(async world =>
    {
        DateTimeOffset start = world.Time.GetUtcNow();
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        StreamDescription trimmed = stream with { LogStarts = new Dictionary<PartitionId, Offset> { [new PartitionId(0)] = new Offset(5) } };

        await AssertFoundAsync(instance, trimmed, start, 5);
    });

    [Fact]
    public void Any_time_in_an_empty_partition_is_the_end() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();

        Page page = await instance.ReadAsync(stream, ReadFrom.Since(new UnixMicros(0)));

        Assert.Empty(page.Events);
        Assert.Equal(0, page.Next.Value);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_time_is_found_while_the_last_segment_is_empty(bool headerWritten) => World.Play(async world =>
    {
        DateTimeOffset start = world.Time.GetUtcNow();
        (Instance instance, StreamDescription stream) = await StartAsync(world);
        int appends = 0;
        instance.Storage.When(c => c.Operation == Testing.StorageOperation.AppendBlock && ++appends == (headerWritten ? 2 : 1), Testing.CallFate.CrashBefore);
        Assert.False(await instance.SurvivesAsync(instance.AppendAsync(stream, "lost")));
        await Checkpoints.DeleteAsync(world, stream);

        await AssertFoundAsync(world.Start(), stream, start.AddMinutes(9.5), 9);
    });

    [Fact]
    public void A_time_deep_in_a_large_segment_is_found_by_its_index() => World.Play(async world =>
    {
        Instance instance = world.Start(LogOptions.Default with { SegmentBytes = 15 << 20 });
        StreamDescription stream = await instance.CreateAsync();
        DateTimeOffset start = world.Time.GetUtcNow();
        for (int i = 0; i < 160; i++)
        {
            world.Time.Advance(TimeSpan.FromMinutes(1));
            await instance.AppendAsync(stream, new string('x', 100_000));
        }

        Instance reader = world.Start();
        await reader.ReadAsync(stream, ReadFrom.Since(UnixMicros.From(start)), limit: 1);
        reader.Storage.Clear();

        await AssertFoundAsync(reader, stream, start.AddMinutes(120.5), 120, limit: 1);

        Assert.InRange(reader.Storage.Calls.Sum(c => (long)c.Received), 100_000, 3 << 20);
    });

    [Fact]
    public void A_time_is_found_in_few_calls_among_many_segments() => World.Play(async world =>
    {
        Instance instance = world.Start(Options.RollsOften);
        StreamDescription stream = await instance.CreateAsync();
        DateTimeOffset start = world.Time.GetUtcNow();
        for (int i = 0; i < 256; i++)
        {
            world.Time.Advance(TimeSpan.FromMinutes(1));
            await instance.AppendAsync(stream, "x");
        }

        Instance reader = world.Start();
        await reader.ReadAsync(stream, ReadFrom.Latest);
        reader.Storage.Clear();

        await AssertFoundAsync(reader, stream, start.AddMinutes(100.5), 100, limit: 1);

        Assert.InRange(reader.Storage.Calls.Count, 3, 24); // For 128 segments: a listing, 8 probes of a header and a block each, the index and the page.
    });

    private static async Task<(Instance Instance, StreamDescription Stream)> StartAsync(World world)
    {
        Instance instance = world.Start(Options.RollsOften);
        StreamDescription stream = await instance.CreateAsync();
        for (int i = 0; i < 10; i++)
        {
            world.Time.Advance(TimeSpan.FromMinutes(1));
            await instance.AppendAsync(stream, $"{i}");
        }

        return (instance, stream);
    }

    private static async Task AssertFoundAsync(Instance instance, StreamDescription stream, DateTimeOffset time, long? offset, int limit = 1000)
    {
        Page page = await instance.ReadAsync(stream, ReadFrom.Since(UnixMicros.From(time)), limit);
        Assert.Equal(offset, page.Events.Count == 0 ? null : page.Events[0].Offset);
        if (offset is null)
        {
            Assert.Equal(page.LogEnd, page.Next);
        }
    }
}
