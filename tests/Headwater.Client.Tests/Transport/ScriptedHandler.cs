using System.Collections.Concurrent;

namespace Headwater.Client.Tests;

/// <summary>Answers requests as the test says.</summary>
internal sealed class ScriptedHandler : HttpMessageHandler
{
    private readonly ConcurrentQueue<HttpRequestMessage> _requests = new();

    public ConcurrentQueue<Func<HttpResponseMessage>> Answers { get; } = new();

    public int Sent => _requests.Count;

    public HttpRequestMessage? Last => _requests.LastOrDefault();

    public IReadOnlyList<string> Keys => [.. _requests.SelectMany(r => r.Headers.TryGetValues("Idempotency-Key", out IEnumerable<string>? keys) ? keys : [])];

    /// <summary>Without an answer of the test's, waits until the request is cancelled.</summary>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _requests.Enqueue(request);
        if (Answers.TryDequeue(out Func<HttpResponseMessage>? answer))
        {
            return answer();
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        throw new OperationCanceledException(cancellationToken);
    }
}
