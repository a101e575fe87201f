using Headwater.Log.Ports;
using Headwater.Storage.Azure.Metering;
using Headwater.Testing;

namespace Headwater.Storage.Azure.Tests.Connecting;

public sealed class Missing_containers(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Opening_ports_asks_nothing()
    {
        Scripted azure = new();

        azure.Storage.OpenBlobs("streams");
        azure.Storage.OpenTables("log");

        Assert.Empty(azure.Service.Asked);
    }

    [Fact]
    public async Task The_first_write_makes_the_container_and_writes_again()
    {
        Scripted azure = new();
        azure.Service.Then(CannedResponse.Error(404, "ContainerNotFound")).Then(Made()).Then(Made());

        Assert.True(await azure.Blobs.CreateAppendBlobAsync("a", Cancellation));

        Assert.Equal(
            [
                "PUT https://headwatertest.blob.core.windows.net/streams/a",
                "PUT https://headwatertest.blob.core.windows.net/streams?restype=container",
                "PUT https://headwatertest.blob.core.windows.net/streams/a",
            ],
            azure.Service.Asked);
    }

    [Fact]
    public async Task A_container_that_somebody_else_made_meanwhile_is_as_good()
    {
        Scripted azure = new();
        azure.Service.Then(CannedResponse.Error(404, "ContainerNotFound")).Then(CannedResponse.Error(409, "ContainerAlreadyExists")).Then(Made());

        Assert.True(await azure.Blobs.CreateAppendBlobAsync("a", Cancellation));
    }

    [Fact]
    public async Task A_container_that_is_being_deleted_is_not_provisioned()
    {
        Scripted azure = new();
        azure.Service.Then(CannedResponse.Error(404, "ContainerNotFound")).Then(CannedResponse.Error(409, "ContainerBeingDeleted"));

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(
            () => azure.Blobs.CreateAppendBlobAsync("a", Cancellation).AsTask());

        Assert.Equal(StorageFault.NotProvisioned, thrown.Fault);
    }

    // Sealing is not tested, because the emulator answers BlobNotFound whether or not the container exists.
    public static TheoryData<string> Calls => ["create", "append", "read", "write", "delete", "list", "folders", "get row", "query", "apply"];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task What_should_be_provisioned_and_is_not_is_a_fault_and_never_made(string call)
    {
        using StorageMeter meter = new();
        AzureStorage storage = await azurite.StorageAsync(meter, options => options with { Provisioned = true });

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(
            () => CallAsync(call, storage.OpenBlobs(AzuriteFixture.UniqueName()), storage.OpenTables(AzuriteFixture.UniqueName())));

        Assert.Equal((StorageFault.NotProvisioned, 1L), (thrown.Fault, meter.Snapshot().Values.Sum()));
    }

    [Fact]
    public async Task Sealing_in_a_container_that_should_be_there_is_a_fault()
    {
        Scripted azure = new(options => options with { Provisioned = true });
        azure.Service.Then(CannedResponse.Error(404, "ContainerNotFound"));

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(() => azure.Blobs.SealAsync("a", Cancellation).AsTask());

        Assert.Equal((StorageFault.NotProvisioned, 1), (thrown.Fault, azure.Service.Asked.Count));
    }

    private static Task CallAsync(string call, IBlobs blobs, ITables tables) => call switch
    {
        "create" => blobs.CreateAppendBlobAsync("a", Cancellation).AsTask(),
        "append" => blobs.AppendBlockAsync("a", 0, new byte[] { 1 }, Cancellation).AsTask(),
        "read" => blobs.ReadAsync("a", 0, 1, Cancellation).AsTask(),
        "write" => blobs.WriteAsync("a", new byte[] { 1 }, WriteCondition.Always, Cancellation).AsTask(),
        "delete" => blobs.DeleteAsync("a", null, Cancellation).AsTask(),
        "list" => blobs.ListAsync("", null, 1, Cancellation).AsTask(),
        "folders" => blobs.ListFoldersAsync("", null, Cancellation).AsTask(),
        "get row" => tables.GetAsync("rows", new RowId("p", "a"), Cancellation).AsTask(),
        "query" => tables.QueryAsync("rows", "p", null, 1, Cancellation).AsTask(),
        "apply" => tables.ApplyAsync("rows", "p", [new RowChange(RowChangeKind.Upsert, "a", new Dictionary<string, object>())], Cancellation).AsTask(),
        _ => throw new ArgumentOutOfRangeException(nameof(call), call, null),
    };

    private static CannedResponse Made() => new CannedResponse(201).With("ETag", "\"0x1\"").With("Last-Modified", "Sun, 01 Mar 2026 12:00:00 GMT");
}
