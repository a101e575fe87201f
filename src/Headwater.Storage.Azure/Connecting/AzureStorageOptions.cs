using Headwater.Storage.Azure.Metering;

namespace Headwater.Storage.Azure.Connecting;

/// <summary>The storage account, the identity, timeouts and retries. Set either a connection string, or an account name or endpoints.</summary>
public sealed record AzureStorageOptions
{
    /// <summary>A connection string with an account key, for emulators and accounts that allow shared keys.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>The name of an account in the public cloud, used with an identity. In other clouds, set the three endpoints instead.</summary>
    public string? AccountName { get; init; }

    /// <summary>The https endpoint for blobs; overrides <see cref="AccountName"/>.</summary>
    public Uri? BlobEndpoint { get; init; }

    /// <summary>The https endpoint for tables; overrides <see cref="AccountName"/>.</summary>
    public Uri? TableEndpoint { get; init; }

    /// <summary>The https endpoint for queues; overrides <see cref="AccountName"/>.</summary>
    public Uri? QueueEndpoint { get; init; }

    /// <summary>
    /// The client id of a user-assigned managed identity; null for the SDK's default chain (workload identity, managed identity, developer
    /// tools).
    /// </summary>
    public string? ManagedIdentityClientId { get; init; }

    /// <summary>
    /// Whether the deployment creates containers, tables and queues. A missing one is then an error and is never created here. Default:
    /// false.
    /// </summary>
    public bool Provisioned { get; init; }

    /// <summary>The timeout of one call, with one more second per MiB that is sent or requested. Default: 10 seconds.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The number of attempts of a read; writes have one attempt. Default: 4.</summary>
    public int ReadAttempts { get; init; } = 4;

    /// <summary>The pause before the second attempt of a read, doubled for each further attempt. Default: 100 milliseconds.</summary>
    public TimeSpan ReadPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The name of the setting that holds <see cref="ConnectionString"/>, for errors.</summary>
    public string ConnectionSetting { get; init; } = "the storage connection string";

    /// <summary>Observes when calls begin to fail and when they succeed again.</summary>
    public StorageOutages Outages { get; init; } = new();

    /// <summary>Additions to the HTTP pipelines of the clients.</summary>
    public AzurePipelines Pipelines { get; init; } = new();
}
