using Headwater.Core.Positions;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Read;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Read;

/// <summary>A sealed segment whose index is missing gets one: from maintenance, or from the first read that needs it.</summary>
public sealed class MissingIndexTests
{
    private const int Events = 40;

    [Fact]
    public void The_first_read_writes_the_index_and_later_ones_do_not_scan() => World.Play(async world =>
    {
        (StreamDescription stream, string name, byte[] original) = await WithoutIndexAsync(world);
        Instance reader = world.Start();
        await reader.ReadAsync(stream, from: Events - 2, limit: 1);
        Assert.Equal(original, await BytesAsync(world, name));

        Instance other = world.Start();
        await other.ReadAsync(stream, from: Events - 2, limit: 1);
        Assert.InRange(other.Storage.Of(StorageOperation.Read).Sum(c => (long)c.Received), 1, 3 << 20);
    });

    [Fact]
    public void Reads_at_once_build_it_once() => World.Play(async world =>
    {
        (StreamDescription stream, string name, byte[] original) = await WithoutIndexAsync(world);
        Instance reader = world.Start();
        await reader.ReadAsync(stream, ReadFrom.Latest);
        reader.Slowly().Storage.Clear();

        await Task.WhenAll(Enumerable.Range(1, 16).Select(i => reader.ReadAsync(stream, from: Events - i, limit: 1)));

        Assert.Single(reader.Storage.Of(StorageOperation.Write));
        Assert.Equal(original, await BytesAsync(world, name));
    });

    [Fact]
    public void A_read_by_time_writes_it_too() => World.Play(async world =>
    {
        (StreamDescription stream, string name, byte[] original) = await WithoutIndexAsync(world);
        IReadOnlyList<Delivered> all = await world.Start().ReadAllAsync(stream);
        await world.Store.DeleteAsync(name, null, default);

        await world.Start().ReadAsync(stream, ReadFrom.Since(UnixMicros.From(all[^4].Appended)), limit: 1);

        Assert.Equal(original, await BytesAsync(world, name));
    });

    [Fact]
    public void Maintenance_builds_it() => World.Play(async world =>
    {
        (StreamDescription stream, string name, byte[] original) = await WithoutIndexAsync(world);

        await world.Start().MaintainAsync(stream, MaintenanceWork.Sweep);

        Assert.Equal(original, await BytesAsync(world, name));
    });

    [Fact]
    public void A_read_of_a_store_that_denies_writes_is_answered() => World.Play(async world =>
    {
        (StreamDescription stream, _, _) = await WithoutIndexAsync(world);
        Instance reader = world.Start();
        reader.Storage.Every(c => c.Operation == StorageOperation.Write, CallFate.Refused(StorageFault.Denied));

        Assert.Single((await reader.ReadAsync(stream, from: Events - 2, limit: 1)).Events);
        reader.Storage.Clear();
        await reader.ReadAsync(stream, from: Events - 3, limit: 1);
        Assert.InRange(reader.Storage.Of(StorageOperation.Read).Sum(c => (long)c.Received), 1, 3 << 20);
    });

    [Fact]
    public void The_index_of_a_compacted_segment_is_the_one_that_compaction_wrote() => World.Play(async world =>
    {
        Instance instance = world.Start(Entities.Options);
        StreamDescription stream = await instance.CreateAsync(settings: Entities.Settings);
        await instance.FillAsync(stream, "a=1 b=1", "a=2 c=1", "b=2 c=2 d=1", "a=3", "e=1", "f=1");
        await instance.CompactAsync(stream);
        string name = (await world.NamesAsync()).Last(n => n.Contains(".g0001", StringComparison.Ordinal) && n.EndsWith(".index", StringComparison.Ordinal));
        byte[]? original = await BytesAsync(world, name);
        await world.Store.DeleteAsync(name, null, default);
        await world.Start().ReadAllAsync(stream);

        Assert.Equal(original, await BytesAsync(world, name));
    });

    [Fact]
    public void An_index_whose_segment_was_deleted_is_swept() => World.Play(async world =>
    {
        (StreamDescription stream, string name, byte[] original) = await WithoutIndexAsync(world);
        string orphan = name.Replace("/00000000000000000000.", "/00000000000000000007.", StringComparison.Ordinal);
        await world.Store.WriteAsync(orphan, original, WriteCondition.IfAbsent, default);
        await Task.Delay(TimeSpan.FromDays(2), world.Time);

        await world.Start().MaintainAsync(stream, MaintenanceWork.Sweep);

        Assert.DoesNotContain(orphan, await world.NamesAsync());
    });

    /// <summary>A sealed segment of about 24 MB whose index is deleted.</summary>
    private static async Task<(StreamDescription Stream, string Name, byte[] Original)> WithoutIndexAsync(World world)
    {
        Instance writer = world.Start(LogOptions.Default with { SegmentBytes = 600_000L * Events });
        StreamDescription stream = await writer.CreateAsync();
        string value = new('x', 610_000);
        for (int i = 0; i <= Events; i++)
        {
            await writer.AppendAsync(stream, value);
        }

        string name = Assert.Single(await world.NamesAsync(), n => n.EndsWith(".index", StringComparison.Ordinal));
        byte[] original = (await BytesAsync(world, name))!;
        await world.Store.DeleteAsync(name, null, default);
        return (stream, name, original);
    }

    private static async Task<byte[]?> BytesAsync(World world, string name)
    {
        using BlobRead? read = await world.Store.ReadAsync(name, 0, 1 << 20, default);
        return read?.Content.ToArray();
    }
}
