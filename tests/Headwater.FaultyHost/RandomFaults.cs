using Azure.Core;
using Azure.Core.Pipeline;
using Headwater.Testing;

namespace Headwater.FaultyHost;

/// <summary>
/// Faults of the real service that the emulator never shows: answers lost after the work was done, 409 "modified while being read" before or after
/// the work, 500, 503, and slow calls. The policy is next to the transport, so that all code above it handles the faults as the service's own.
/// </summary>
internal sealed class RandomFaults(int seed) : HttpPipelinePolicy
{
    private readonly Random _random = new(seed);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("Storage is called only asynchronously.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        int chance = Next(1000);
        switch (chance)
        {
            case < 8:
                message.Response = new CannedResponse(503).With("x-ms-error-code", "ServerBusy");
                return;
            case < 14:
                message.Response = new CannedResponse(500).With("x-ms-error-code", "InternalError");
                return;
            case < 20 when IsAppend(message):
                message.Response = Modified();
                return;
            case < 30:
                await Task.Delay(TimeSpan.FromMilliseconds(Next(300)), TimeProvider.System, message.CancellationToken);
                break;
        }

        await ProcessNextAsync(message, pipeline);
        switch (chance)
        {
            case >= 30 and < 42:
                throw new IOException("The answer was lost on the way.");
            case >= 42 and < 50 when IsAppend(message):
                message.Response = Modified();
                break;
            case >= 50 and < 54:
                message.Response = new CannedResponse(500).With("x-ms-error-code", "OperationTimedOut");
                break;
        }
    }

    private static CannedResponse Modified() => new CannedResponse(409).With("x-ms-error-code", "BlobModifiedWhileReading");

    private static bool IsAppend(HttpMessage message) => message.Request.Uri.Query.Contains("comp=appendblock", StringComparison.Ordinal);

    private int Next(int end)
    {
        lock (_random)
        {
            return _random.Next(end);
        }
    }
}
