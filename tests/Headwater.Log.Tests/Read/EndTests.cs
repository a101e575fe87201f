using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Read;

/// <summary>A read returns "no events" only after it has asked storage, so every reader sees every event acknowledged before the read.</summary>
public sealed class EndTests
{
    [Fact]
    public void An_event_another_instance_appended_is_seen_where_this_one_knew_the_end() => World.Play(async world =>
    {
        (Instance reader, Instance writer, StreamDescription stream) = await StartAsync(world);
        await writer.AppendAsync(stream, "new");

        Page page = await reader.ReadAsync(stream, from: 2);

        Assert.Equal(["new"], page.Values);
    });

    [Fact]
    public void The_latest_is_behind_what_another_instance_appended() => World.Play(async world =>
    {
        (Instance reader, Instance writer, StreamDescription stream) = await StartAsync(world);
        await writer.AppendAsync(stream, "new", "newer");

        Page page = await reader.ReadAsync(stream, ReadFrom.Latest);

        Assert.Equal(4, page.Next.Value);
    });

    [Fact]
    public void An_offset_another_instance_appended_is_not_beyond_the_end() => World.Play(async world =>
    {
        (Instance reader, Instance writer, StreamDescription stream) = await StartAsync(world);
        await writer.AppendAsync(stream, "new", "newer", "newest");

        Assert.Equal(["newer", "newest"], (await reader.ReadAsync(stream, from: 3)).Values);
        Assert.Equal(5, (await reader.ReadAsync(stream, from: 9).IsRefusedAsync(ErrorCode.OffsetBeyondEnd)).Number("logEndOffset"));
    });

    [Fact]
    public void A_time_another_instance_appended_after_is_found() => World.Play(async world =>
    {
        (Instance reader, Instance writer, StreamDescription stream) = await StartAsync(world);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        UnixMicros since = UnixMicros.From(world.Time.GetUtcNow());
        await writer.AppendAsync(stream, "new");

        Assert.Equal(["new"], (await reader.ReadAsync(stream, ReadFrom.Since(since))).Values);
    });

    [Fact]
    public void Events_another_instance_appended_over_rolls_are_seen() => World.Play(async world =>
    {
        (Instance reader, _, StreamDescription stream) = await StartAsync(world);
        Instance roller = world.Start(Options.RollsOften);
        for (int i = 0; i < 7; i++)
        {
            await roller.AppendAsync(stream, $"r{i}");
        }

        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"r{i}"), (await reader.ReadAllAsync(stream)).Skip(2).Select(e => e.Value));
    });

    [Fact]
    public void Nothing_there_is_one_storage_call() => World.Play(async world =>
    {
        (Instance reader, _, StreamDescription stream) = await StartAsync(world);
        reader.Storage.Clear();

        Page page = await reader.ReadAsync(stream, from: 2);

        Assert.Empty(page.Events);
        Assert.Single(reader.Storage.Calls);
    });

    [Fact]
    public void Asking_for_the_latest_is_one_storage_call() => World.Play(async world =>
    {
        (Instance reader, _, StreamDescription stream) = await StartAsync(world);
        reader.Storage.Clear();

        await reader.ReadAsync(stream, ReadFrom.Latest);

        Assert.Single(reader.Storage.Calls);
    });

    [Fact]
    public void A_read_that_cannot_ask_storage_says_so_instead_of_nothing() => World.Play(async world =>
    {
        (Instance reader, _, StreamDescription stream) = await StartAsync(world);
        reader.Storage.Every(c => c.Operation == StorageOperation.Read, CallFate.LostBefore);

        await Assert.ThrowsAsync<Ports.StorageException>(() => reader.ReadAsync(stream, from: 2));
    });

    [Fact]
    public void Positions_are_what_storage_has_now() => World.Play(async world =>
    {
        (Instance reader, Instance writer, StreamDescription stream) = await StartAsync(world);
        await reader.Log.PositionsAsync(stream, default);
        await writer.AppendAsync(stream, "new");

        PartitionPositions positions = Assert.Single(await reader.Log.PositionsAsync(stream, default));

        Assert.Equal((0, 3, 1), (positions.LogStart.Value, positions.LogEnd.Value, positions.Segments));
        Assert.Equal((await world.CaptureContentsAsync()).Items.Single(i => i.Name.EndsWith(".avro", StringComparison.Ordinal)).Length, positions.Bytes);
    });

    [Fact]
    public void Fresh_listings_at_once_are_shared() => World.Play(async world =>
    {
        (Instance reader, _, StreamDescription stream) = await StartAsync(world);
        reader.Slowly().Storage.Clear();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => reader.Log.PositionsAsync(stream, default)));

        Assert.InRange(reader.Storage.Of(StorageOperation.List).Count(), 1, 2);
    });

    [Fact]
    public void Searches_by_time_at_once_share_a_listing() => World.Play(async world =>
    {
        (Instance reader, _, StreamDescription stream) = await StartAsync(world);
        reader.Slowly().Storage.Clear();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => reader.ReadAsync(stream, ReadFrom.Since(new UnixMicros(0)))));

        Assert.InRange(reader.Storage.Of(StorageOperation.List).Count(), 1, 2);
    });

    [Fact]
    public void Segments_are_listed_with_what_they_hold() => World.Play(async world =>
    {
        Instance writer = world.Start(Options.RollsOften);
        StreamDescription stream = await writer.CreateAsync();
        for (int i = 0; i < 5; i++)
        {
            await writer.AppendAsync(stream, $"{i}");
        }

        IReadOnlyList<SegmentListing> segments = await world.Start().Log.SegmentsAsync(stream, null, null, default);

        Assert.Equal([(0L, 2L, true), (2, 4, true), (4, 5, false)], segments.Select(s => (s.Base.Value, s.Next.Value, s.Sealed)));
        Assert.All(segments, s => Assert.Equal((0, 1, stream.Settings.Codec), (s.Generation, s.SchemaVersion, s.Codec)));
        Assert.All(segments, s => Assert.Equal(world.Time.GetUtcNow() + LogOptions.Default.SignedUrlLifetime, s.Expires));
    });

    [Fact]
    public void Segments_from_an_offset_begin_with_the_one_that_holds_it() => World.Play(async world =>
    {
        Instance writer = world.Start(Options.RollsOften);
        StreamDescription stream = await writer.CreateAsync();
        for (int i = 0; i < 5; i++)
        {
            await writer.AppendAsync(stream, $"{i}");
        }

        IReadOnlyList<SegmentListing> segments = await world.Start().Log.SegmentsAsync(stream, new PartitionId(0), new Offset(3), default);

        Assert.Equal([2L, 4], segments.Select(s => s.Base.Value));
    });

    /// <summary>Two events, and a reader and another instance that both know the end.</summary>
    private static async Task<(Instance Reader, Instance Writer, StreamDescription Stream)> StartAsync(World world)
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync();
        await writer.AppendAsync(stream, "a", "b");
        Instance reader = world.Start();
        await reader.ReadAllAsync(stream);
        return (reader, writer, stream);
    }
}
