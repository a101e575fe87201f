using Azure.Core;
using Azure.Core.Pipeline;

namespace Headwater.Storage.Azure.Connecting;

/// <summary>
/// Additions to the HTTP pipelines of the SDK's clients. The policies run next to the transport, inside timeouts and metering, for every
/// attempt.
/// </summary>
public sealed record AzurePipelines
{
    /// <summary>Policies for blob calls.</summary>
    public IReadOnlyList<HttpPipelinePolicy> Blobs { get; init; } = [];

    /// <summary>Policies for table calls.</summary>
    public IReadOnlyList<HttpPipelinePolicy> Tables { get; init; } = [];

    /// <summary>Policies for queue calls.</summary>
    public IReadOnlyList<HttpPipelinePolicy> Queues { get; init; } = [];

    /// <summary>The transport; null for the SDK's default.</summary>
    public HttpPipelineTransport? Transport { get; init; }

    /// <summary>The credential; null to build it from the options. Ignored with a connection string.</summary>
    public TokenCredential? Credential { get; init; }
}
