using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.Contract.Tests.Blobs;

public sealed class Writing_in_memory() : WriteContract(new InMemoryBackend());

public sealed class Writing_on_Azurite(AzuriteFixture azurite) : WriteContract(new AzuriteBackend(azurite));

public abstract class WriteContract(Backend backend) : BlobContract(backend)
{
    [Fact]
    public async Task A_write_answers_the_ETag_that_a_read_shows()
    {
        string? etag = await Blobs.WriteAsync("a", Bytes("content"), WriteCondition.IfAbsent, Cancellation);

        using BlobRead read = await ReadAsync("a");
        Assert.Equal(etag, read.ETag);
    }

    [Fact]
    public async Task A_write_if_absent_over_something_is_refused()
    {
        await BlockBlobAsync("a", "kept");
        BlobContents before = await CaptureAsync();

        Assert.Null(await Blobs.WriteAsync("a", Bytes("other"), WriteCondition.IfAbsent, Cancellation));

        await before.AssertNothingChangedAsync(Cancellation);
    }

    [Fact]
    public async Task A_write_if_unchanged_replaces_the_whole_blob()
    {
        string? etag = await Blobs.WriteAsync("a", Bytes("long content"), WriteCondition.IfAbsent, Cancellation);

        string? next = await Blobs.WriteAsync("a", Bytes("short"), WriteCondition.IfUnchanged(etag!), Cancellation);

        Assert.Equal("short", await TextAsync("a"));
        Assert.NotEqual(etag, next);
    }

    [Fact]
    public async Task A_write_over_a_changed_blob_is_refused()
    {
        string? stale = await Blobs.WriteAsync("a", Bytes("1"), WriteCondition.IfAbsent, Cancellation);
        await Blobs.WriteAsync("a", Bytes("2"), WriteCondition.IfUnchanged(stale!), Cancellation);
        BlobContents before = await CaptureAsync();

        Assert.Null(await Blobs.WriteAsync("a", Bytes("3"), WriteCondition.IfUnchanged(stale!), Cancellation));

        await before.AssertNothingChangedAsync(Cancellation);
    }

    [Fact]
    public async Task A_write_if_unchanged_where_nothing_is_any_more_is_refused()
    {
        string? etag = await Blobs.WriteAsync("a", Bytes("1"), WriteCondition.IfAbsent, Cancellation);
        await Blobs.DeleteAsync("a", null, Cancellation);

        Assert.Null(await Blobs.WriteAsync("a", Bytes("2"), WriteCondition.IfUnchanged(etag!), Cancellation));

        Assert.Empty((await CaptureAsync()).Items);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_unconditional_write_writes_whatever_stands_there(bool standing)
    {
        if (standing)
        {
            await BlockBlobAsync("a", "before");
        }

        Assert.NotNull(await Blobs.WriteAsync("a", Bytes("after"), WriteCondition.Always, Cancellation));

        Assert.Equal("after", await TextAsync("a"));
    }

    [Fact]
    public async Task Nothing_can_be_written_too()
    {
        Assert.NotNull(await Blobs.WriteAsync("a", default, WriteCondition.IfAbsent, Cancellation));

        Assert.Equal("", await TextAsync("a"));
    }

    [Fact]
    public async Task Of_racing_first_writers_exactly_one_writes()
    {
        string?[] etags = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => Blobs.WriteAsync("a", Bytes($"writer {i}"), WriteCondition.IfAbsent, Cancellation).AsTask()));

        int winner = Array.FindIndex(etags, etag => etag is not null);
        Assert.Equal($"writer {winner}", await TextAsync("a"));
        Assert.Equal(7, etags.Count(etag => etag is null));
    }

    [Fact]
    public async Task Of_racing_changers_exactly_one_writes()
    {
        string? before = await Blobs.WriteAsync("a", Bytes("before"), WriteCondition.IfAbsent, Cancellation);

        string?[] etags = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            i => Blobs.WriteAsync("a", Bytes($"writer {i}"), WriteCondition.IfUnchanged(before!), Cancellation).AsTask()));

        int winner = Array.FindIndex(etags, etag => etag is not null);
        Assert.Equal($"writer {winner}", await TextAsync("a"));
        Assert.Equal(7, etags.Count(etag => etag is null));
    }

    [Fact]
    public async Task A_delete_removes_the_blob()
    {
        await BlockBlobAsync("a", "gone");
        await BlockBlobAsync("b", "kept");

        Assert.True(await Blobs.DeleteAsync("a", null, Cancellation));

        Assert.Equal(["b"], (await CaptureAsync()).Items.Select(item => item.Name));
    }

    [Fact]
    public async Task A_delete_of_nothing_answers_false()
    {
        await BlockBlobAsync("b", "kept");
        BlobContents before = await CaptureAsync();

        Assert.False(await Blobs.DeleteAsync("a", null, Cancellation));

        await before.AssertNothingChangedAsync(Cancellation);
    }

    [Fact]
    public async Task A_delete_in_a_container_that_is_not_there_answers_false() => Assert.False(await Blobs.DeleteAsync("a", null, Cancellation));

    [Fact]
    public async Task A_delete_of_one_version_leaves_another()
    {
        string? stale = await Blobs.WriteAsync("a", Bytes("1"), WriteCondition.IfAbsent, Cancellation);
        await Blobs.WriteAsync("a", Bytes("2"), WriteCondition.Always, Cancellation);
        BlobContents before = await CaptureAsync();

        Assert.False(await Blobs.DeleteAsync("a", stale, Cancellation));

        await before.AssertNothingChangedAsync(Cancellation);
    }

    [Fact]
    public async Task A_delete_of_the_standing_version_removes_it()
    {
        await AppendBlobAsync("a", "1");
        using BlobRead read = await ReadAsync("a");

        Assert.True(await Blobs.DeleteAsync("a", read.ETag, Cancellation));

        Assert.Empty((await CaptureAsync()).Items);
    }

    [Fact]
    public async Task A_deleted_name_can_be_created_again_empty()
    {
        await AppendBlobAsync("a", "old");
        await Blobs.DeleteAsync("a", null, Cancellation);

        await AppendBlobAsync("a", "new");

        using BlobRead read = await ReadAsync("a");
        Assert.Equal((3L, 1), (read.Length, read.CommittedBlocks));
    }
}
