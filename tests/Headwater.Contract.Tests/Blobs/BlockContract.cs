using Headwater.Testing;

namespace Headwater.Contract.Tests.Blobs;

public sealed class Blocks_in_memory() : BlockContract(new InMemoryBackend());

public sealed class Blocks_on_Azurite(AzuriteFixture azurite) : BlockContract(new AzuriteBackend(azurite));

/// <summary>Block blobs that are staged block by block and then committed.</summary>
public abstract class BlockContract(Backend backend) : BlobContract(backend)
{
    [Fact]
    public async Task Parts_become_a_blob_in_the_order_of_the_commit()
    {
        await StageAsync("a", 1, "one ");
        await StageAsync("a", 2, "two ");

        Assert.True(await Blobs.CommitBlocksAsync("a", [Id(2), Id(1)], Cancellation));
        Assert.Equal("two one ", await TextAsync("a"));
    }

    [Fact]
    public async Task Nothing_is_there_before_the_commit()
    {
        await StageAsync("a", 1, "one");

        Assert.Null(await Blobs.ReadAsync("a", 0, 10, Cancellation));
    }

    [Fact]
    public async Task A_commit_over_something_is_refused()
    {
        await BlockBlobAsync("a", "kept");
        await StageAsync("a", 1, "other");
        BlobContents before = await CaptureAsync();

        Assert.False(await Blobs.CommitBlocksAsync("a", [Id(1)], Cancellation));
        await before.AssertNothingChangedAsync(Cancellation);
    }

    [Fact]
    public async Task A_commit_of_a_part_that_is_not_there_is_refused()
    {
        await StageAsync("a", 1, "one");

        Assert.False(await Blobs.CommitBlocksAsync("a", [Id(1), Id(2)], Cancellation));
        Assert.Null(await Blobs.ReadAsync("a", 0, 10, Cancellation));
    }

    [Fact]
    public async Task Two_writers_with_parts_of_their_own_do_not_mix()
    {
        await StageAsync("a", 1, "mine");
        await StageAsync("a", 2, "theirs");

        Assert.True(await Blobs.CommitBlocksAsync("a", [Id(1)], Cancellation));
        Assert.False(await Blobs.CommitBlocksAsync("a", [Id(2)], Cancellation));
        Assert.Equal("mine", await TextAsync("a"));
    }

    private static string Id(int number) => Convert.ToBase64String([0, 0, (byte)number]);

    private ValueTask StageAsync(string name, int number, string text) => Blobs.StageBlockAsync(name, Id(number), Bytes(text), Cancellation);
}
