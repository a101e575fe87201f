using Headwater.Log.Ports;
using Headwater.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Headwater.Contract.Tests.Blobs;

/// <summary>Behaviour that the service documents, but that the emulator lacks or shows only after tens of thousands of calls.</summary>
public sealed class In_memory_only
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, 750, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_seal_keeps_the_ETag()
    {
        InMemoryBlobs blobs = new(_time);
        await blobs.CreateAppendBlobAsync("a", Cancellation);
        BlobItem before = Assert.Single((await blobs.ListAsync("", null, 1, Cancellation)).Items);

        await blobs.SealAsync("a", Cancellation);

        Assert.Equal([before with { Sealed = true }], (await blobs.ListAsync("", null, 1, Cancellation)).Items);
    }

    [Fact]
    public async Task A_blob_with_all_its_blocks_is_full()
    {
        InMemoryBlobs blobs = new(_time, maxBlocks: 2);
        await blobs.CreateAppendBlobAsync("a", Cancellation);
        await blobs.AppendBlockAsync("a", 0, new byte[] { 1 }, Cancellation);
        await blobs.AppendBlockAsync("a", 1, new byte[] { 2 }, Cancellation);
        BlobContents before = await blobs.CaptureContentsAsync(Cancellation);

        AppendAnswer answer = await blobs.AppendBlockAsync("a", 2, new byte[] { 3 }, Cancellation);

        Assert.Equal(AppendStatus.Full, answer.Status);
        await before.AssertNothingChangedAsync(Cancellation);
    }

    [Fact]
    public async Task Dates_are_whole_seconds_of_the_clock_given()
    {
        InMemoryBlobs blobs = new(_time);
        await blobs.CreateAppendBlobAsync("a", Cancellation);

        AppendAnswer answer = await blobs.AppendBlockAsync("a", 0, new byte[] { 1 }, Cancellation);

        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), answer.Date);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Pages_of_folders_bring_every_folder_once(int pageSize)
    {
        InMemoryBlobs blobs = new(_time, folderPageSize: pageSize);
        foreach (string name in new[] { "a/1", "a/2", "b", "b/1", "b0", "c/x/1" })
        {
            await blobs.WriteAsync(name, default, WriteCondition.IfAbsent, Cancellation);
        }

        List<string> seen = [];
        string? continuation = null;
        do
        {
            FolderPage page = await blobs.ListFoldersAsync("", continuation, Cancellation);
            seen.AddRange(page.Folders);
            continuation = page.Continuation;
        }
        while (continuation is not null);

        Assert.Equal(["a/", "b/", "c/"], seen);
    }

    [Fact]
    public async Task A_signed_url_is_a_stand_in()
    {
        InMemoryBlobs blobs = new(_time);

        Uri url = await blobs.SignReadAsync("s/a", _time.GetUtcNow(), _time.GetUtcNow() + TimeSpan.FromHours(1), Cancellation);

        Assert.Equal("memory", url.Scheme);
    }
}
