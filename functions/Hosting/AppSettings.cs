namespace Headwater.Functions.Hosting;

/// <summary>Names of the app settings that the app reads. <c>local.settings.sample.json</c> and the deployment set them.</summary>
public static class AppSettings
{
    /// <summary>The log's storage account: a connection string, or a section of the settings below. Queue triggers name it as their connection.</summary>
    public const string Storage = "HeadwaterStorage";

    /// <summary>Of <see cref="Storage"/>: the account's name, with an identity.</summary>
    public const string AccountName = "accountName";

    /// <summary>Of <see cref="Storage"/>: the services' addresses, instead of the account's name.</summary>
    public const string BlobServiceUri = "blobServiceUri";

    /// <inheritdoc cref="BlobServiceUri"/>
    public const string TableServiceUri = "tableServiceUri";

    /// <inheritdoc cref="BlobServiceUri"/>
    public const string QueueServiceUri = "queueServiceUri";

    /// <summary>Of <see cref="Storage"/>: <see cref="ManagedIdentity"/>, or absent for whatever identity the environment has.</summary>
    public const string Credential = "credential";

    /// <summary>Of <see cref="Storage"/>: which user-assigned identity.</summary>
    public const string ClientId = "clientId";

    /// <summary>The one value that <see cref="Credential"/> takes.</summary>
    public const string ManagedIdentity = "managedidentity";

    /// <summary>Where telemetry goes; absent: nowhere.</summary>
    public const string ApplicationInsights = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    /// <summary><c>Authorization=AAD</c>, with <c>;ClientId=…</c> for a user-assigned identity; absent: the connection string's key is enough.</summary>
    public const string ApplicationInsightsAuthentication = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";
}
