using System.Text;
using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.Storage.Azure.Tests.Errors;

public sealed class Read_errors
{
    private readonly Scripted _azure = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(500, "InternalError")]
    [InlineData(503, "ServerBusy")]
    [InlineData(409, "BlobModifiedWhileReading")]
    [InlineData(408, null)]
    public async Task A_read_is_repeated_when_the_fault_may_pass(int status, string? code)
    {
        _azure.Service.Then(CannedResponse.Error(status, code)).Then(CannedResponse.Error(status, code)).Then(Scripted.Ranged("abc", 0, 3));

        using BlobRead? read = await _azure.Blobs.ReadAsync("a", 0, 10, Cancellation);

        Assert.Equal(("abc", 3), (Encoding.UTF8.GetString(read!.Content.Span), _azure.Service.Asked.Count));
    }

    [Fact]
    public async Task An_answer_without_a_date_is_asked_for_again()
    {
        CannedResponse cut = new CannedResponse(200).With("Content-Length", "3").With("ETag", "\"0x1\"");
        _azure.Service.Then(CannedResponse.Error(416, "InvalidRange")).Then(cut).Then(Scripted.State(3));

        using BlobRead? read = await _azure.Blobs.ReadAsync("a", 3, 10, Cancellation);

        Assert.Equal((3, 3), (read!.Length, _azure.Service.Asked.Count));
    }

    [Fact]
    public async Task A_read_is_given_up_after_its_attempts()
    {
        for (int i = 0; i < 10; i++)
        {
            _azure.Service.Then(CannedResponse.Error(500, "InternalError"));
        }

        StorageException thrown = await ReadFaultAsync();

        Assert.Equal((StorageFault.Unavailable, 4), (thrown.Fault, _azure.Service.Asked.Count));
    }

    [Theory]
    [InlineData(403, "AuthorizationPermissionMismatch", StorageFault.Denied)]
    [InlineData(400, "InvalidQueryParameterValue", StorageFault.Rejected)]
    [InlineData(409, "ContainerBeingDeleted", StorageFault.NotProvisioned)]
    public async Task A_read_is_not_repeated_when_the_fault_stays(int status, string code, StorageFault expected)
    {
        _azure.Service.Then(CannedResponse.Error(status, code));

        StorageException thrown = await ReadFaultAsync();

        Assert.Equal((expected, 1), (thrown.Fault, _azure.Service.Asked.Count));
    }

    [Theory]
    [InlineData("Retry-After", "30", 30_000)]
    [InlineData("Retry-After", "Sun, 01 Mar 2026 12:00:40 GMT", 40_000)]
    [InlineData("x-ms-retry-after-ms", "2500", 2_500)]
    [InlineData("retry-after-ms", "2600", 2_600)]
    public async Task A_wish_to_wait_long_is_handed_on_instead_of_slept(string header, string value, int milliseconds)
    {
        _azure.Service.Then(CannedResponse.Error(503, "ServerBusy").With(header, value).With("Date", "Sun, 01 Mar 2026 12:00:00 GMT"));

        StorageException thrown = await ReadFaultAsync();

        Assert.Equal((StorageFault.Throttled, TimeSpan.FromMilliseconds(milliseconds), 1), (thrown.Fault, thrown.RetryAfter, _azure.Service.Asked.Count));
    }

    [Fact]
    public async Task A_pause_between_reads_is_the_one_the_service_asked_for()
    {
        _azure.Service.Then(CannedResponse.Error(503, "ServerBusy").With("Retry-After", "1")).Then(Scripted.Ranged("abc", 0, 3));
        Task<BlobRead?> reading = _azure.Blobs.ReadAsync("a", 0, 10, Cancellation).AsTask();

        _azure.Time.Advance(TimeSpan.FromSeconds(0.999));
        int before = _azure.Service.Asked.Count;
        _azure.Time.Advance(TimeSpan.FromSeconds(0.001));

        using BlobRead? read = await reading;
        Assert.Equal((1, 2), (before, _azure.Service.Asked.Count));
    }

    [Fact]
    public async Task A_caller_can_give_up_within_a_pause()
    {
        _azure.Service.Then(CannedResponse.Error(503, "ServerBusy").With("Retry-After", "1"));
        using CancellationTokenSource caller = new();
        Task<BlobRead?> reading = _azure.Blobs.ReadAsync("a", 0, 10, caller.Token).AsTask();

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task A_body_of_an_append_blob_that_breaks_off_is_continued_with_the_state_it_began_with()
    {
        const string created = "x-ms-creation-time";
        const string time = "Sun, 01 Mar 2026 11:00:00 GMT";
        _azure.Service
            .Then(Scripted.Ranged("abc", 0, 6).With("Content-Range", "bytes 0-5/6").With(created, time))
            .Then(Scripted.Ranged("def", 3, 9).With(created, time).With("ETag", "\"0x2\""));

        using BlobRead? read = await _azure.Blobs.ReadAsync("a", 0, 10, Cancellation);

        Assert.Equal(("abcdef", 6L, "0x1"), (Encoding.UTF8.GetString(read!.Content.Span), read.Length, read.ETag));
    }

    [Fact]
    public async Task A_body_of_a_block_blob_that_breaks_off_is_read_from_the_start()
    {
        _azure.Service
            .Then(Scripted.Ranged("abc", 0, 6).With("Content-Range", "bytes 0-5/6").With("x-ms-blob-type", "BlockBlob"))
            .Then(Scripted.Ranged("ABCD", 0, 4).With("x-ms-blob-type", "BlockBlob"));

        using BlobRead? read = await _azure.Blobs.ReadAsync("a", 0, 10, Cancellation);

        Assert.Equal("ABCD", Encoding.UTF8.GetString(read!.Content.Span));
    }

    [Fact]
    public async Task A_blob_that_grew_between_the_two_calls_of_a_read_at_its_end_brings_the_new_bytes()
    {
        _azure.Service.Then(CannedResponse.Error(416, "InvalidRange")).Then(Scripted.State(length: 6)).Then(Scripted.Ranged("def", 3, 6));

        using BlobRead? read = await _azure.Blobs.ReadAsync("a", 3, 10, Cancellation);

        Assert.Equal("def", Encoding.UTF8.GetString(read!.Content.Span));
    }

    [Fact]
    public async Task A_read_at_the_end_costs_two_calls()
    {
        _azure.Service.Then(CannedResponse.Error(416, "InvalidRange")).Then(Scripted.State(length: 3));

        using BlobRead? read = await _azure.Blobs.ReadAsync("a", 3, 10, Cancellation);

        Assert.Equal((0, 3L, 2), (read!.Content.Length, read.Length, _azure.Service.Asked.Count));
    }

    [Fact]
    public async Task A_blob_deleted_between_the_two_calls_is_not_there()
    {
        _azure.Service.Then(CannedResponse.Error(416, "InvalidRange")).Then(CannedResponse.Error(404, "BlobNotFound"));

        Assert.Null(await _azure.Blobs.ReadAsync("a", 3, 10, Cancellation));
    }

    [Theory]
    [InlineData("bytes 0-2/6")]
    [InlineData("bytes 3-5/*")]
    [InlineData("none")]
    public async Task An_answer_with_another_range_is_never_taken_for_the_one_asked(string range)
    {
        _azure.Service.Then(Scripted.Ranged("abc", 3, 6).With("Content-Range", range));

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(() => _azure.Blobs.ReadAsync("a", 3, 10, Cancellation).AsTask());

        Assert.Equal(StorageFault.Rejected, thrown.Fault);
    }

    private async Task<StorageException> ReadFaultAsync() =>
        await Assert.ThrowsAsync<StorageException>(() => _azure.Blobs.ReadAsync("a", 0, 10, Cancellation).AsTask());
}
