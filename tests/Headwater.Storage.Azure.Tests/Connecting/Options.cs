using Headwater.Log.Ports;
using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Metering;
using Headwater.Testing;

namespace Headwater.Storage.Azure.Tests.Connecting;

public sealed class Options
{
    private const string Keyed = Scripted.ConnectionString;

    public static TheoryData<string, AzureStorageOptions> Wrong => new()
    {
        { "Storage is not configured", new AzureStorageOptions() },
        { "not configured (no table endpoint)", new AzureStorageOptions { BlobEndpoint = new Uri("https://a.blob.core.windows.net") } },
        { "configured twice", new AzureStorageOptions { ConnectionString = Keyed, AccountName = "headwater" } },
        { "configured twice", new AzureStorageOptions { ConnectionString = Keyed, ManagedIdentityClientId = "id" } },
        { "configured twice", new AzureStorageOptions { ConnectionString = Keyed, QueueEndpoint = new Uri("https://a.queue.core.windows.net") } },
        { "no AccountKey", new AzureStorageOptions { ConnectionString = "BlobEndpoint=https://a.blob.core.windows.net;SharedAccessSignature=sv=1" } },
        { "not a list of name=value pairs", new AzureStorageOptions { ConnectionString = "secret" } },
        { "not a list of name=value pairs", new AzureStorageOptions { ConnectionString = "AccountKey=a;secret" } },
        { "not a storage account's name", new AzureStorageOptions { AccountName = "Head-Water" } },
        { "must be an absolute https address", Identity("http://a.blob.core.windows.net") },
        { "must be an absolute https address", Identity("blobs") },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void A_wrong_configuration_is_refused_with_what_is_wrong(string expected, AzureStorageOptions options)
    {
        using StorageMeter meter = new();

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => new AzureStorage(options, meter, TimeProvider.System));

        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("BlobEndpoint=https://a.blob.core.windows.net;SharedAccessSignature=sv=secret")]
    public void A_refusal_never_repeats_the_connection_string(string connectionString)
    {
        using StorageMeter meter = new();
        AzureStorageOptions options = new() { ConnectionString = connectionString };

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => new AzureStorage(options, meter, TimeProvider.System));

        Assert.DoesNotContain("secret", thrown.ToString(), StringComparison.Ordinal);
    }

    public static TheoryData<AzureStorageOptions> Right =>
    [
        new AzureStorageOptions { ConnectionString = Keyed },
        new AzureStorageOptions { ConnectionString = "UseDevelopmentStorage=true" },
        new AzureStorageOptions { AccountName = "headwater01" },
        new AzureStorageOptions { AccountName = "headwater01", ManagedIdentityClientId = "00000000-0000-0000-0000-000000000001" },
        Identity("https://a.blob.core.usgovcloudapi.net"),
    ];

    [Theory]
    [MemberData(nameof(Right), DisableDiscoveryEnumeration = true)]
    public void A_right_configuration_opens_without_asking_anybody(AzureStorageOptions options)
    {
        using StorageMeter meter = new();
        ScriptedTransport service = new();
        AzureStorage storage = new(options with { Pipelines = new AzurePipelines { Transport = service } }, meter, TimeProvider.System);

        Assert.NotNull(storage.OpenBlobs("streams"));

        Assert.Empty(service.Asked);
    }

    [Fact]
    public async Task Blobs_and_queues_are_asked_in_the_version_that_the_emulator_knows()
    {
        Scripted azure = new();
        azure.Service.Then(CannedResponse.Error(404, "BlobNotFound")).Then(new CannedResponse(204));

        await azure.Blobs.ReadAsync("a", 0, 1, TestContext.Current.CancellationToken);
        await azure.Storage.OpenQueues().DeleteAsync("appends", new MessageReceipt("a", "b"), TestContext.Current.CancellationToken);

        Assert.Equal(["2026-06-06", "2026-06-06"], azure.Service.Versions);
    }

    private static AzureStorageOptions Identity(string blobs) => new()
    {
        BlobEndpoint = new Uri(blobs, UriKind.RelativeOrAbsolute),
        TableEndpoint = new Uri("https://a.table.core.usgovcloudapi.net"),
        QueueEndpoint = new Uri("https://a.queue.core.usgovcloudapi.net"),
    };
}
