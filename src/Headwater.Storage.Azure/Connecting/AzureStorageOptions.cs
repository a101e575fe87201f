namespace Headwater.Storage.Azure.Connecting;

/// <summary>Where the storage account is, who asks, and how long a call may take. Either a connection string or an identity.</summary>
public sealed record AzureStorageOptions
{
    /// <summary>With an account key: local emulators and accounts that still allow shared keys.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Account in the public cloud, with an identity. Elsewhere give the three endpoints.</summary>
    public string? AccountName { get; init; }

    public Uri? BlobEndpoint { get; init; }

    public Uri? TableEndpoint { get; init; }

    public Uri? QueueEndpoint { get; init; }

    /// <summary>Client id of a user-assigned managed identity; null asks the environment (workload, managed identity, developer tools).</summary>
    public string? ManagedIdentityClientId { get; init; }

    /// <summary>Containers and tables are created by whoever deploys: a missing one is a fault, never made here.</summary>
    public bool Provisioned { get; init; }

    /// <summary>One call is given up after this; a read gets one second more per MiB it asks for.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a read is sent before its fault is reported. Writes are sent once.</summary>
    public int ReadAttempts { get; init; } = 4;

    /// <summary>Pause before the second attempt of a read; doubled for each further one.</summary>
    public TimeSpan ReadPause { get; init; } = TimeSpan.FromMilliseconds(100);

    public AzurePipelines Pipelines { get; init; } = new();
}
