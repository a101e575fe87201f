using Headwater.Log.Ports;
using Headwater.Storage.Azure;
using Headwater.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Headwater.Contract.Tests;

/// <summary>An implementation of the storage ports. Each call returns new, empty storage.</summary>
public abstract class Backend
{
    public abstract Task<IBlobs> OpenBlobsAsync();

    public abstract Task<ITables> OpenTablesAsync();

    public abstract Task<IQueues> OpenQueuesAsync();
}

public sealed class InMemoryBackend : Backend
{
    public override Task<IBlobs> OpenBlobsAsync() => Task.FromResult<IBlobs>(new InMemoryBlobs(new FakeTimeProvider()));

    public override Task<ITables> OpenTablesAsync() => Task.FromResult<ITables>(new InMemoryTables());

    public override Task<IQueues> OpenQueuesAsync() => Task.FromResult<IQueues>(new InMemoryQueues(new FakeTimeProvider()));
}

public sealed class AzuriteBackend(AzuriteFixture azurite) : Backend
{
    public override async Task<IBlobs> OpenBlobsAsync()
    {
        AzureStorage storage = await azurite.StorageAsync();
        return storage.OpenBlobs(AzuriteFixture.UniqueName());
    }

    public override async Task<ITables> OpenTablesAsync()
    {
        AzureStorage storage = await azurite.StorageAsync();
        return storage.OpenTables(AzuriteFixture.UniqueName());
    }

    public override async Task<IQueues> OpenQueuesAsync()
    {
        AzureStorage storage = await azurite.StorageAsync();
        return storage.OpenQueues(AzuriteFixture.UniqueName());
    }
}
