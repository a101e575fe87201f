using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.Contract.Tests.Blobs;

public sealed class Appending_in_memory() : AppendContract(new InMemoryBackend());

public sealed class Appending_on_Azurite(AzuriteFixture azurite) : AppendContract(new AzuriteBackend(azurite));

public abstract class AppendContract(Backend backend) : BlobContract(backend)
{
    [Fact]
    public async Task A_new_append_blob_is_empty()
    {
        Assert.True(await Blobs.CreateAppendBlobAsync("a", Cancellation));

        using BlobRead read = await ReadAsync("a");
        Assert.Equal((0, 0L, 0, false), (read.Content.Length, read.Length, read.CommittedBlocks, read.Sealed));
    }

    [Fact]
    public async Task Creating_over_an_append_blob_is_refused()
    {
        await AppendBlobAsync("a", "kept");
        BlobContents before = await CaptureAsync();

        Assert.False(await Blobs.CreateAppendBlobAsync("a", Cancellation));

        await before.AssertNothingChangedAsync(Cancellation);
    }

    [Fact]
    public async Task Creating_over_a_block_blob_is_refused()
    {
        await BlockBlobAsync("a", "kept");
        BlobContents before = await CaptureAsync();

        Assert.False(await Blobs.CreateAppendBlobAsync("a", Cancellation));

        await before.AssertNothingChangedAsync(Cancellation);
    }

    [Fact]
    public async Task Of_racing_creators_exactly_one_created()
    {
        bool[] created = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Blobs.CreateAppendBlobAsync("a", Cancellation).AsTask()));

        Assert.Single(created, true);
    }

    [Fact]
    public async Task An_append_at_the_end_is_stored()
    {
        await AppendBlobAsync("a", "first ");

        AppendAnswer answer = await Blobs.AppendBlockAsync("a", 6, Bytes("second"), Cancellation);

        Assert.Equal(AppendStatus.Appended, answer.Status);
        Assert.Equal("first second", await TextAsync("a"));
    }

    [Fact]
    public async Task An_append_to_the_very_blob_that_was_listed_is_stored()
    {
        await AppendBlobAsync("a");
        string listed = (await Blobs.ListAsync("a", null, 10, Cancellation)).Items[0].ETag;

        AppendAnswer answer = await Blobs.AppendBlockAsync("a", new AppendCondition(0, listed), Bytes("first"), Cancellation);

        Assert.Equal(AppendStatus.Appended, answer.Status);
        Assert.Equal("first", await TextAsync("a"));
    }

    [Fact]
    public async Task An_append_to_a_blob_made_anew_since_it_was_listed_is_refused()
    {
        await AppendBlobAsync("a");
        string listed = (await Blobs.ListAsync("a", null, 10, Cancellation)).Items[0].ETag;
        await Blobs.DeleteAsync("a", null, Cancellation);
        await AppendBlobAsync("a");
        BlobContents before = await CaptureAsync();

        AppendAnswer answer = await Blobs.AppendBlockAsync("a", new AppendCondition(0, listed), Bytes("first"), Cancellation);

        Assert.Equal(AppendStatus.PositionTaken, answer.Status);
        await before.AssertNothingChangedAsync(Cancellation);
    }

    [Fact]
    public async Task An_append_answers_how_many_blocks_are_committed()
    {
        await AppendBlobAsync("a", "1", "2");

        AppendAnswer answer = await Blobs.AppendBlockAsync("a", 2, Bytes("3"), Cancellation);

        Assert.Equal(3, answer.CommittedBlocks);
    }

    [Fact]
    public async Task An_append_answers_the_clock_of_the_service()
    {
        await AppendBlobAsync("a");

        AppendAnswer answer = await Blobs.AppendBlockAsync("a", 0, Bytes("1"), Cancellation);

        using BlobRead read = await ReadAsync("a");
        Assert.InRange(answer.Date!.Value, read.Date - TimeSpan.FromMinutes(1), read.Date);
    }

    [Fact]
    public async Task An_append_changes_the_ETag()
    {
        await AppendBlobAsync("a", "1");
        using BlobRead before = await ReadAsync("a");

        await Blobs.AppendBlockAsync("a", 1, Bytes("2"), Cancellation);

        using BlobRead after = await ReadAsync("a");
        Assert.NotEqual(before.ETag, after.ETag);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(1L << 40)]
    public async Task An_append_anywhere_but_at_the_end_is_refused(long position)
    {
        await AppendBlobAsync("a", "four");
        BlobContents before = await CaptureAsync();

        AppendAnswer answer = await Blobs.AppendBlockAsync("a", position, Bytes("more"), Cancellation);

        Assert.Equal(AppendStatus.PositionTaken, answer.Status);
        await before.AssertNothingChangedAsync(Cancellation);
    }

    [Fact]
    public async Task Of_racing_appenders_exactly_one_gets_the_position()
    {
        await AppendBlobAsync("a");

        AppendAnswer[] answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => Blobs.AppendBlockAsync("a", 0, Bytes($"writer {i}"), Cancellation).AsTask()));

        int winner = Array.FindIndex(answers, answer => answer.Status is AppendStatus.Appended);
        Assert.Equal($"writer {winner}", await TextAsync("a"));
        Assert.Equal(7, answers.Count(answer => answer.Status is AppendStatus.PositionTaken));
    }

    [Fact]
    public async Task An_append_to_nothing_answers_not_found()
    {
        await AppendBlobAsync("b", "1");
        BlobContents before = await CaptureAsync();

        AppendAnswer answer = await Blobs.AppendBlockAsync("a", 0, Bytes("1"), Cancellation);

        Assert.Equal(AppendStatus.NotFound, answer.Status);
        await before.AssertNothingChangedAsync(Cancellation);
    }

    [Fact]
    public async Task An_append_in_a_container_that_is_not_there_answers_not_found()
    {
        AppendAnswer answer = await Blobs.AppendBlockAsync("a", 0, Bytes("1"), Cancellation);

        Assert.Equal(AppendStatus.NotFound, answer.Status);
    }

    [Fact]
    public async Task An_append_to_a_block_blob_is_rejected()
    {
        await BlockBlobAsync("a", "kept");
        BlobContents before = await CaptureAsync();

        await FaultAsync(StorageFault.Rejected, () => Blobs.AppendBlockAsync("a", 4, Bytes("1"), Cancellation).AsTask());

        await before.AssertNothingChangedAsync(Cancellation);
    }

    [Fact]
    public async Task An_append_of_nothing_is_a_defect_of_the_caller()
    {
        await AppendBlobAsync("a", "kept");
        BlobContents before = await CaptureAsync();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Blobs.AppendBlockAsync("a", 4, default, Cancellation).AsTask());

        await before.AssertNothingChangedAsync(Cancellation);
    }

    [Fact]
    public async Task An_append_that_its_caller_gave_up_before_it_began_stores_nothing()
    {
        await AppendBlobAsync("a", "kept");
        BlobContents before = await CaptureAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Blobs.AppendBlockAsync("a", 4, Bytes("1"), new CancellationToken(canceled: true)).AsTask());

        await before.AssertNothingChangedAsync(Cancellation);
    }
}
