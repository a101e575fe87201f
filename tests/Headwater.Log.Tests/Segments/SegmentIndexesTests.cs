using System.Buffers;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Ports;
using Headwater.Log.Segments;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Segments;

/// <summary>Indexes and headers that are used stay in memory, up to a number of bytes.</summary>
public sealed class SegmentIndexesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly InMemoryBlobs _blobs = new(TimeProvider.System);

    [Fact]
    public async Task One_index_more_than_512_does_not_forget_the_others()
    {
        var indexes = new SegmentIndexes(_blobs);
        SegmentIndex first = await WriteAsync(indexes, "0", entries: 1);
        for (int i = 1; i <= 600; i++)
        {
            await WriteAsync(indexes, $"{i}", entries: 1);
        }

        Assert.Same(first, await indexes.IndexAsync("0", Cancellation));
    }

    [Fact]
    public async Task The_least_recently_used_index_is_dropped_first()
    {
        var indexes = new SegmentIndexes(_blobs, mostBytes: 3_500);
        SegmentIndex used = await WriteAsync(indexes, "used", entries: 20);
        SegmentIndex idle = await WriteAsync(indexes, "idle", entries: 20);
        SegmentIndex other = await WriteAsync(indexes, "other", entries: 20);
        await indexes.IndexAsync("used", Cancellation);
        await WriteAsync(indexes, "new", entries: 20);
        Assert.Same(used, await indexes.IndexAsync("used", Cancellation));
        Assert.Same(other, await indexes.IndexAsync("other", Cancellation));
        Assert.NotSame(idle, await indexes.IndexAsync("idle", Cancellation));
    }

    [Fact]
    public async Task An_index_larger_than_the_cache_is_used_and_not_kept()
    {
        var indexes = new SegmentIndexes(_blobs, mostBytes: 4_000);
        SegmentIndex small = await WriteAsync(indexes, "small", entries: 1);
        Assert.Equal(1_000, (await WriteAsync(indexes, "large", entries: 1_000)).Entries.Count);
        Assert.NotSame(small, await indexes.IndexAsync("small", Cancellation));
    }

    private async Task<SegmentIndex> WriteAsync(SegmentIndexes indexes, string name, int entries)
    {
        var content = new ArrayBufferWriter<byte>();
        IndexEntry[] all = [.. Enumerable.Range(0, entries).Select(i => new IndexEntry(new Offset(i), new UnixMicros(i), i))];
        new SegmentIndex(all, new Offset(entries), new UnixMicros(entries)).WriteTo(content);
        await _blobs.WriteAsync(name, content.WrittenMemory, WriteCondition.Always, Cancellation);
        return (await indexes.IndexAsync(name, Cancellation))!;
    }
}
