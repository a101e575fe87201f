using Azure.Core;
using Azure.Core.Pipeline;

namespace Headwater.Testing;

/// <summary>What happens to a request instead of a normal send and answer.</summary>
public abstract record Fault
{
    private Fault()
    {
    }

    /// <summary>The connection drops before the service sees anything.</summary>
    public sealed record RequestLost : Fault;

    /// <summary>The service does the work; the connection drops before its answer.</summary>
    public sealed record AnswerLost : Fault;

    /// <summary>The request never reaches the service, and no response arrives.</summary>
    public sealed record Hangs : Fault;

    /// <summary>The client receives this answer, and the service sees nothing.</summary>
    public sealed record Answered(Func<CannedResponse> Response) : Fault;
}

/// <summary>Injects faults between the SDK and its transport. Supports only asynchronous calls.</summary>
/// <param name="choose">Returns the fault for a request; null lets the request pass.</param>
public sealed class FaultPolicy(Func<Request, Fault?> choose) : HttpPipelinePolicy
{
    private int _seen;

    /// <summary>The number of requests so far, with and without faults.</summary>
    public int Seen => Volatile.Read(ref _seen);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("Storage is called only asynchronously.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Interlocked.Increment(ref _seen);
        switch (choose(message.Request))
        {
            case null:
                await ProcessNextAsync(message, pipeline);
                break;
            case Fault.RequestLost:
                throw new IOException("The connection was dropped before the request.");
            case Fault.AnswerLost:
                await ProcessNextAsync(message, pipeline);
                throw new IOException("The connection was dropped after the request.");
            case Fault.Hangs:
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, message.CancellationToken);
                break;
            case Fault.Answered answered:
                message.Response = answered.Response();
                break;
        }
    }
}
