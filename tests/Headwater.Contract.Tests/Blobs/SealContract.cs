using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.Contract.Tests.Blobs;

public sealed class Sealing_in_memory() : SealContract(new InMemoryBackend());

public sealed class Sealing_on_Azurite(AzuriteFixture azurite) : SealContract(new AzuriteBackend(azurite));

public abstract class SealContract(Backend backend) : BlobContract(backend)
{
    [Fact]
    public async Task A_seal_shows_in_the_next_read()
    {
        await AppendBlobAsync("a", "kept");

        Assert.True(await Blobs.SealAsync("a", Cancellation));

        using BlobRead read = await ReadAsync("a");
        Assert.Equal((true, 4L, 1), (read.Sealed, read.Length, read.CommittedBlocks));
    }

    [Fact]
    public async Task A_seal_shows_in_a_read_at_the_end()
    {
        await AppendBlobAsync("a", "kept");
        await Blobs.SealAsync("a", Cancellation);

        using BlobRead read = await ReadAsync("a", position: 4);

        Assert.Equal((true, 4L, 0), (read.Sealed, read.Length, read.Content.Length));
    }

    [Fact]
    public async Task A_seal_shows_in_the_listing()
    {
        await AppendBlobAsync("a", "1");
        await AppendBlobAsync("b", "1");
        await Blobs.SealAsync("a", Cancellation);

        BlobPage page = await Blobs.ListAsync("", null, 10, Cancellation);

        Assert.Equal([("a", true), ("b", false)], page.Items.Select(item => (item.Name, item.Sealed)));
    }

    [Fact]
    public async Task Sealing_twice_is_no_error()
    {
        await AppendBlobAsync("a", "kept");
        await Blobs.SealAsync("a", Cancellation);

        Assert.True(await Blobs.SealAsync("a", Cancellation));

        using BlobRead read = await ReadAsync("a");
        Assert.Equal((true, 4L), (read.Sealed, read.Length));
    }

    [Fact]
    public async Task Sealing_nothing_answers_false()
    {
        await AppendBlobAsync("b", "1");
        BlobContents before = await CaptureAsync();

        Assert.False(await Blobs.SealAsync("a", Cancellation));

        await before.AssertNothingChangedAsync(Cancellation);
    }

    [Fact]
    public async Task Sealing_in_a_container_that_is_not_there_answers_false() => Assert.False(await Blobs.SealAsync("a", Cancellation));

    [Fact]
    public async Task Sealing_a_block_blob_is_rejected()
    {
        await BlockBlobAsync("a", "kept");
        BlobContents before = await CaptureAsync();

        await FaultAsync(StorageFault.Rejected, () => Blobs.SealAsync("a", Cancellation).AsTask());

        await before.AssertNothingChangedAsync(Cancellation);
    }

    [Fact]
    public async Task An_append_at_the_end_of_a_sealed_blob_is_refused_as_sealed()
    {
        await AppendBlobAsync("a", "kept");
        await Blobs.SealAsync("a", Cancellation);
        BlobContents before = await CaptureAsync();

        AppendAnswer answer = await Blobs.AppendBlockAsync("a", 4, Bytes("more"), Cancellation);

        Assert.Equal(AppendStatus.Sealed, answer.Status);
        await before.AssertNothingChangedAsync(Cancellation);
    }

    // The service does not document which of the two errors it returns. Neither stores anything.
    [Fact]
    public async Task An_append_elsewhere_in_a_sealed_blob_is_refused()
    {
        await AppendBlobAsync("a", "kept");
        await Blobs.SealAsync("a", Cancellation);
        BlobContents before = await CaptureAsync();

        AppendAnswer answer = await Blobs.AppendBlockAsync("a", 0, Bytes("more"), Cancellation);

        Assert.True(answer.Status is AppendStatus.Sealed or AppendStatus.PositionTaken, answer.ToString());
        await before.AssertNothingChangedAsync(Cancellation);
    }

    [Fact]
    public async Task After_a_seal_no_racing_append_moves_the_end()
    {
        await AppendBlobAsync("a", "kept");
        Task<bool> seal = Blobs.SealAsync("a", Cancellation).AsTask();
        Task<AppendAnswer> append = Blobs.AppendBlockAsync("a", 4, Bytes("more"), Cancellation).AsTask();
        await Task.WhenAll(seal, append);

        bool stored = (await append).Status is AppendStatus.Appended;

        using BlobRead read = await ReadAsync("a");
        Assert.Equal((true, stored ? 8 : 4), (read.Sealed, read.Length));
    }

    [Fact]
    public async Task A_sealed_blob_can_be_deleted()
    {
        await AppendBlobAsync("a", "1");
        await Blobs.SealAsync("a", Cancellation);

        Assert.True(await Blobs.DeleteAsync("a", null, Cancellation));

        Assert.Null(await Blobs.ReadAsync("a", 0, 10, Cancellation));
    }
}
