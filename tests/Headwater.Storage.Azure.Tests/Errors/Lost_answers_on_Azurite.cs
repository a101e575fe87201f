using System.Text;
using Azure.Core;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Connecting;
using Headwater.Testing;

namespace Headwater.Storage.Azure.Tests.Errors;

/// <summary>
/// Connections that drop before or after the service does the work. Before it, nothing is stored; after it, everything is. The caller cannot
/// distinguish the two.
/// </summary>
public sealed class Lost_answers_on_Azurite(AzuriteFixture azurite)
{
    private Fault? _next;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_append_whose_answer_is_lost_is_stored_and_unknown()
    {
        IBlobs blobs = await OpenAsync();
        await blobs.CreateAppendBlobAsync("a", Cancellation);
        _next = new Fault.AnswerLost();

        AppendAnswer answer = await blobs.AppendBlockAsync("a", 0, "stored"u8.ToArray(), Cancellation);

        using BlobRead? read = await blobs.ReadAsync("a", 0, 100, Cancellation);
        Assert.Equal((AppendStatus.Unknown, "stored", 1), (answer.Status, Encoding.UTF8.GetString(read!.Content.Span), read.CommittedBlocks));
    }

    [Fact]
    public async Task An_append_whose_request_is_lost_is_not_stored_and_unknown()
    {
        IBlobs blobs = await OpenAsync();
        await blobs.CreateAppendBlobAsync("a", Cancellation);
        BlobContents before = await blobs.CaptureContentsAsync(Cancellation);
        _next = new Fault.RequestLost();

        AppendAnswer answer = await blobs.AppendBlockAsync("a", 0, "lost"u8.ToArray(), Cancellation);

        Assert.Equal(AppendStatus.Unknown, answer.Status);
        await before.AssertNothingChangedAsync(Cancellation);
    }

    [Fact]
    public async Task The_same_bytes_sent_again_after_a_lost_answer_find_the_position_taken()
    {
        IBlobs blobs = await OpenAsync();
        await blobs.CreateAppendBlobAsync("a", Cancellation);
        _next = new Fault.AnswerLost();
        await blobs.AppendBlockAsync("a", 0, "once"u8.ToArray(), Cancellation);
        BlobContents before = await blobs.CaptureContentsAsync(Cancellation);

        AppendAnswer answer = await blobs.AppendBlockAsync("a", 0, "once"u8.ToArray(), Cancellation);

        Assert.Equal(AppendStatus.PositionTaken, answer.Status);
        await before.AssertNothingChangedAsync(Cancellation);
    }

    [Fact]
    public async Task A_conditional_write_whose_answer_is_lost_is_never_answered_as_a_failed_condition()
    {
        IBlobs blobs = await OpenAsync();
        string? etag = await blobs.WriteAsync("a", "1"u8.ToArray(), WriteCondition.IfAbsent, Cancellation);
        _next = new Fault.AnswerLost();

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(
            () => blobs.WriteAsync("a", "2"u8.ToArray(), WriteCondition.IfUnchanged(etag!), Cancellation).AsTask());

        Assert.Equal(StorageFault.Unavailable, thrown.Fault);
    }

    [Fact]
    public async Task A_seal_whose_answer_is_lost_is_unavailable_and_shows_in_a_read()
    {
        IBlobs blobs = await OpenAsync();
        await blobs.CreateAppendBlobAsync("a", Cancellation);
        _next = new Fault.AnswerLost();

        await Assert.ThrowsAsync<StorageException>(() => blobs.SealAsync("a", Cancellation).AsTask());

        using BlobRead? read = await blobs.ReadAsync("a", 0, 1, Cancellation);
        Assert.True(read!.Sealed);
    }

    [Fact]
    public async Task A_read_whose_answer_is_lost_is_read_again()
    {
        IBlobs blobs = await OpenAsync();
        await blobs.WriteAsync("a", "content"u8.ToArray(), WriteCondition.IfAbsent, Cancellation);
        _next = new Fault.AnswerLost();

        using BlobRead? read = await blobs.ReadAsync("a", 0, 100, Cancellation);

        Assert.Equal("content", Encoding.UTF8.GetString(read!.Content.Span));
    }

    private async Task<IBlobs> OpenAsync()
    {
        FaultPolicy once = new(TakeNext);
        AzureStorage storage = await azurite.StorageAsync(
            configure: options => options with { ReadPause = TimeSpan.Zero, Pipelines = new AzurePipelines { Blobs = [once] } });
        return storage.OpenBlobs(AzuriteFixture.UniqueName());
    }

    private Fault? TakeNext(Request request) => Interlocked.Exchange(ref _next, null);
}
