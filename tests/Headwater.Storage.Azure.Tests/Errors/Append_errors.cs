using System.Net.Sockets;
using Azure;
using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.Storage.Azure.Tests.Errors;

/// <summary>The statuses and codes that learn.microsoft.com/rest/api/storageservices lists for Append Block and for all operations.</summary>
public sealed class Append_errors
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(412, "AppendPositionConditionNotMet", AppendStatus.PositionTaken)]
    [InlineData(409, "BlobIsSealed", AppendStatus.Sealed)]
    [InlineData(404, "BlobNotFound", AppendStatus.NotFound)]
    [InlineData(404, "ContainerNotFound", AppendStatus.NotFound)]
    [InlineData(404, null, AppendStatus.NotFound)]
    [InlineData(409, "BlockCountExceedsLimit", AppendStatus.Full)]
    [InlineData(412, "MaxBlobSizeConditionNotMet", AppendStatus.Full)]
    [InlineData(413, "RequestBodyTooLarge", AppendStatus.Full)]
    [InlineData(409, "BlobModifiedWhileReading", AppendStatus.Unknown)]
    [InlineData(409, "SomethingNobodyDocumented", AppendStatus.Unknown)]
    [InlineData(409, null, AppendStatus.Unknown)]
    [InlineData(408, null, AppendStatus.Unknown)]
    [InlineData(429, null, AppendStatus.Unknown)]
    [InlineData(500, "InternalError", AppendStatus.Unknown)]
    [InlineData(500, "OperationTimedOut", AppendStatus.Unknown)]
    [InlineData(502, null, AppendStatus.Unknown)]
    [InlineData(503, "ServerBusy", AppendStatus.Unknown)]
    [InlineData(503, null, AppendStatus.Unknown)]
    [InlineData(504, null, AppendStatus.Unknown)]
    public async Task An_error_is_an_answer_after_one_call(int status, string? code, AppendStatus expected)
    {
        Scripted azure = new();
        azure.Service.Then(CannedResponse.Error(status, code));

        AppendAnswer answer = await AppendAsync(azure);

        Assert.Equal((expected, 1), (answer.Status, azure.Service.Asked.Count));
    }

    [Fact]
    public async Task Another_blob_than_the_one_named_is_a_position_taken()
    {
        Scripted azure = new();
        azure.Service.Then(CannedResponse.Error(412, "ConditionNotMet"));

        AppendAnswer answer = await AppendAsync(azure, new AppendCondition(0, "0x8D0"));

        Assert.Equal((AppendStatus.PositionTaken, 1), (answer.Status, azure.Service.Asked.Count));
    }

    [Theory]
    [InlineData(401, "NoAuthenticationInformation", StorageFault.Denied)]
    [InlineData(403, "AuthenticationFailed", StorageFault.Denied)]
    [InlineData(403, "AuthorizationPermissionMismatch", StorageFault.Denied)]
    [InlineData(400, "InvalidHeaderValue", StorageFault.Rejected)]
    [InlineData(405, null, StorageFault.Rejected)]
    [InlineData(409, "InvalidBlobType", StorageFault.Rejected)]
    [InlineData(409, "BlobImmutableDueToPolicy", StorageFault.Rejected)]
    [InlineData(412, "LeaseIdMissing", StorageFault.Rejected)]
    [InlineData(412, "ConditionNotMet", StorageFault.Rejected)]
    [InlineData(409, "ContainerBeingDeleted", StorageFault.NotProvisioned)]
    [InlineData(409, "AccountBeingCreated", StorageFault.NotProvisioned)]
    public async Task An_error_that_proves_nothing_was_stored_is_thrown_after_one_call(int status, string? code, StorageFault expected)
    {
        Scripted azure = new();
        azure.Service.Then(CannedResponse.Error(status, code));

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(() => AppendAsync(azure));

        Assert.Equal((expected, 1), (thrown.Fault, azure.Service.Asked.Count));
    }

    public static TheoryData<Exception> Drops =>
    [
        new IOException("dropped"),
        new HttpRequestException("dropped"),
        new SocketException((int)SocketError.ConnectionReset),
        new RequestFailedException("dropped", new IOException("dropped")),
        new AggregateException(new IOException("first"), new IOException("dropped")),
        new TaskCanceledException("The transport timed out."),
    ];

    [Theory]
    [MemberData(nameof(Drops), DisableDiscoveryEnumeration = true)]
    public async Task A_dropped_connection_leaves_the_outcome_unknown_after_one_call(Exception drop)
    {
        Scripted azure = new();
        azure.Service.Then(drop);

        AppendAnswer answer = await AppendAsync(azure);

        Assert.Equal((AppendStatus.Unknown, 1), (answer.Status, azure.Service.Asked.Count));
    }

    [Fact]
    public async Task A_stored_append_tells_blocks_and_date()
    {
        Scripted azure = new();
        azure.Service.Then(Scripted.Appended(blocks: 7));

        AppendAnswer answer = await AppendAsync(azure);

        Assert.Equal(new AppendAnswer(AppendStatus.Appended, 7, azure.Time.GetUtcNow()), answer);
    }

    [Fact]
    public async Task An_error_tells_the_clock_of_the_service_and_its_code()
    {
        Scripted azure = new();
        azure.Service.Then(CannedResponse.Error(412, "AppendPositionConditionNotMet").With("Date", "Sun, 01 Mar 2026 12:00:09 GMT"));

        AppendAnswer answer = await AppendAsync(azure);

        Assert.Equal((azure.Time.GetUtcNow() + TimeSpan.FromSeconds(9), "412 AppendPositionConditionNotMet"), (answer.Date, answer.Reason));
    }

    [Fact]
    public async Task An_append_asks_for_its_position()
    {
        Scripted azure = new();
        string? position = null;
        azure.Service.Then(request =>
        {
            request.Headers.TryGetValue("x-ms-blob-condition-appendpos", out position);
            return Scripted.Appended(1);
        });

        await azure.Blobs.AppendBlockAsync("s/a", 4_200, new byte[] { 1 }, Cancellation);

        Assert.Equal("4200", position);
    }

    [Fact]
    public async Task A_message_names_the_blob_and_not_what_the_service_quoted()
    {
        Scripted azure = new();
        azure.Service.Then(new CannedResponse(403, "<Error><Code>AuthenticationFailed</Code><Message>signature c2lnbmF0dXJl</Message></Error>")
            .With("x-ms-error-code", "AuthenticationFailed").With("Content-Type", "application/xml"));

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(() => AppendAsync(azure));

        Assert.Equal("Appending to blob 's/a' failed: 403 AuthenticationFailed.", thrown.Message);
    }

    private static async Task<AppendAnswer> AppendAsync(Scripted azure, AppendCondition at = default) =>
        await azure.Blobs.AppendBlockAsync("s/a", at, new byte[] { 1, 2, 3 }, Cancellation);
}
