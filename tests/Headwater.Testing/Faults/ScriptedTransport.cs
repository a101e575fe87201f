using Azure.Core;
using Azure.Core.Pipeline;

namespace Headwater.Testing;

/// <summary>A service that answers from a script, in order, and records the requests.</summary>
public sealed class ScriptedTransport : HttpPipelineTransport
{
    private static readonly HttpClientTransport Requests = new();

    private readonly Queue<Func<Request, CannedResponse>> _script = new();

    /// <summary>Method and address of every request.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>The header <c>x-ms-version</c> of every request.</summary>
    public List<string?> Versions { get; } = [];

    public ScriptedTransport Then(CannedResponse response) => Then(_ => response);

    public ScriptedTransport Then(Exception exception) => Then(_ => throw exception);

    public ScriptedTransport Then(Func<Request, CannedResponse> answer)
    {
        _script.Enqueue(answer);
        return this;
    }

    public override Request CreateRequest() => Requests.CreateRequest();

    public override void Process(HttpMessage message)
    {
        Request request = message.Request;
        Asked.Add($"{request.Method} {request.Uri}");
        Versions.Add(request.Headers.TryGetValue("x-ms-version", out string? version) ? version : null);
        message.Response = _script.TryDequeue(out Func<Request, CannedResponse>? next)
            ? next(request)
            : throw new InvalidOperationException("The script has no answer for " + Asked[^1]);
        message.Response.ClientRequestId = request.ClientRequestId;
    }

    public override ValueTask ProcessAsync(HttpMessage message)
    {
        message.CancellationToken.ThrowIfCancellationRequested();
        Process(message);
        return ValueTask.CompletedTask;
    }
}
