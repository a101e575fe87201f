using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.Storage.Azure.Tests.Errors;

/// <summary>Every write is sent once, because a second copy could overwrite what another process wrote after the first.</summary>
public sealed class Write_errors
{
    private static readonly Dictionary<string, Func<Scripted, Task>> Writes = new()
    {
        ["create"] = azure => azure.Blobs.CreateAppendBlobAsync("a", Cancellation).AsTask(),
        ["seal"] = azure => azure.Blobs.SealAsync("a", Cancellation).AsTask(),
        ["write if absent"] = azure => azure.Blobs.WriteAsync("a", new byte[] { 1 }, WriteCondition.IfAbsent, Cancellation).AsTask(),
        ["write if unchanged"] = azure => azure.Blobs.WriteAsync("a", new byte[] { 1 }, WriteCondition.IfUnchanged("0x1"), Cancellation).AsTask(),
        ["write"] = azure => azure.Blobs.WriteAsync("a", new byte[] { 1 }, WriteCondition.Always, Cancellation).AsTask(),
        ["delete"] = azure => azure.Blobs.DeleteAsync("a", null, Cancellation).AsTask(),
        ["apply"] = azure => azure.Tables.ApplyAsync(
            "rows", "p", [new RowChange(RowChangeKind.Upsert, "a", new Dictionary<string, object>())], Cancellation).AsTask(),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Kinds => [.. Writes.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_failed_write_is_unavailable_after_one_call(string write)
    {
        Scripted azure = new();
        azure.Service.Then(CannedResponse.Error(500, "InternalError"));

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(() => Writes[write](azure));

        Assert.Equal((StorageFault.Unavailable, 1), (thrown.Fault, azure.Service.Asked.Count));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_dropped_write_is_unavailable_after_one_call(string write)
    {
        Scripted azure = new();
        azure.Service.Then(new IOException("dropped"));

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(() => Writes[write](azure));

        Assert.Equal((StorageFault.Unavailable, 1), (thrown.Fault, azure.Service.Asked.Count));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_throttled_write_hands_on_the_wish_to_wait(string write)
    {
        Scripted azure = new();
        azure.Service.Then(CannedResponse.Error(503, "ServerBusy").With("Retry-After", "1"));

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(() => Writes[write](azure));

        Assert.Equal((StorageFault.Throttled, TimeSpan.FromSeconds(1), 1), (thrown.Fault, thrown.RetryAfter, azure.Service.Asked.Count));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_write_that_is_not_allowed_is_denied(string write)
    {
        Scripted azure = new();
        azure.Service.Then(CannedResponse.Error(403, "AuthorizationPermissionMismatch"));

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(() => Writes[write](azure));

        Assert.Equal((StorageFault.Denied, 1), (thrown.Fault, azure.Service.Asked.Count));
    }

    [Theory]
    [InlineData(409, "BlobAlreadyExists")]
    [InlineData(412, "ConditionNotMet")]
    public async Task Somebody_else_created_it_however_the_service_says_so(int status, string code)
    {
        Scripted azure = new();
        azure.Service.Then(CannedResponse.Error(status, code));

        Assert.False(await azure.Blobs.CreateAppendBlobAsync("a", Cancellation));
    }

    [Fact]
    public async Task A_conflict_that_is_not_existence_is_not_taken_for_it()
    {
        Scripted azure = new();
        azure.Service.Then(CannedResponse.Error(409, "BlobModifiedWhileReading"));

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(
            () => azure.Blobs.CreateAppendBlobAsync("a", Cancellation).AsTask());

        Assert.Equal(StorageFault.Unavailable, thrown.Fault);
    }
}
