using Azure.Core;
using Azure.Core.Pipeline;

namespace Headwater.Storage.Azure.Connecting;

/// <summary>What is put into the clients' HTTP pipelines. Policies sit next to the transport, inside timeouts and metering, and see every attempt.</summary>
public sealed record AzurePipelines
{
    public IReadOnlyList<HttpPipelinePolicy> Blobs { get; init; } = [];

    public IReadOnlyList<HttpPipelinePolicy> Tables { get; init; } = [];

    public IReadOnlyList<HttpPipelinePolicy> Queues { get; init; } = [];

    /// <summary>Null: the SDK's own.</summary>
    public HttpPipelineTransport? Transport { get; init; }

    /// <summary>Null: made from the options. Used only without a connection string.</summary>
    public TokenCredential? Credential { get; init; }
}
