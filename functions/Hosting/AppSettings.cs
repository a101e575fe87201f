namespace Headwater.Functions.Hosting;

/// <summary>Names of the app settings that the app reads. <c>local.settings.sample.json</c> and the deployment set them.</summary>
public static class AppSettings
{
    /// <summary>The log's storage account: a connection string, or a section of the settings below. Queue triggers use it as their connection.</summary>
    public const string Storage = "HeadwaterStorage";

    /// <summary>In section <see cref="Storage"/>: the account's name, for access with an identity.</summary>
    public const string AccountName = "accountName";

    /// <summary>In section <see cref="Storage"/>: a service's address, instead of the account's name.</summary>
    public const string BlobServiceUri = "blobServiceUri";

    /// <inheritdoc cref="BlobServiceUri"/>
    public const string TableServiceUri = "tableServiceUri";

    /// <inheritdoc cref="BlobServiceUri"/>
    public const string QueueServiceUri = "queueServiceUri";

    /// <summary>In section <see cref="Storage"/>: <see cref="ManagedIdentity"/>, or absent for the default identity of the environment.</summary>
    public const string Credential = "credential";

    /// <summary>In section <see cref="Storage"/>: the client id of a user-assigned identity.</summary>
    public const string ClientId = "clientId";

    /// <summary>The only valid value of <see cref="Credential"/>.</summary>
    public const string ManagedIdentity = "managedidentity";

    /// <summary>The least level of the worker's logs: a name of <c>LogLevel</c>. Default <c>Warning</c>.</summary>
    public const string LogLevel = "HeadwaterLogLevel";

    /// <summary>
    /// Which segments have URLs: <c>all</c> (the default), or <c>sealed</c>, because the URL of an active segment also shows later events.
    /// </summary>
    public const string SegmentUrls = "HeadwaterSegmentUrls";

    /// <summary>
    /// MB of memory that the worker process may use, at least 256. If absent: three quarters of the container's limit. The deployment sets three quarters of an
    /// instance's memory, because the Functions host runs beside the worker.
    /// </summary>
    public const string MemoryMB = "HeadwaterMemoryMB";

    /// <summary>Requests that an instance handles at a time, as deployed. Half of them may be reads that wait. If absent: 64.</summary>
    public const string HttpConcurrency = "HeadwaterHttpConcurrency";

    /// <summary>Streams that the service may have. If absent: 25,000.</summary>
    public const string MaxStreams = "HeadwaterMaxStreams";

    /// <summary>Partitions that all streams may have together. If absent: 250,000.</summary>
    public const string MaxPartitions = "HeadwaterMaxPartitions";

    /// <summary>The Application Insights resource that receives telemetry. If absent, none is sent there.</summary>
    public const string ApplicationInsights = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    /// <summary>
    /// <c>Authorization=AAD</c>, with <c>;ClientId=…</c> for a user-assigned identity. If absent, the key in the connection string is used.
    /// </summary>
    public const string ApplicationInsightsAuthentication = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";
}
