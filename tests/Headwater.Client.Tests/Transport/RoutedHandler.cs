using System.Collections.Concurrent;

namespace Headwater.Client.Tests;

/// <summary>Answers each request by what it asks for.</summary>
/// <param name="answer">Null: the request waits until it is cancelled.</param>
internal sealed class RoutedHandler(Func<HttpRequestMessage, string, HttpResponseMessage?> answer) : HttpMessageHandler
{
    public ConcurrentQueue<(string Request, string Body)> Requests { get; } = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string body = request.Content is { } content ? await content.ReadAsStringAsync(cancellationToken) : "";
        Requests.Enqueue(($"{request.Method} {request.RequestUri!.PathAndQuery}", body));
        if (answer(request, body) is { } given)
        {
            return given;
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        throw new OperationCanceledException(cancellationToken);
    }
}
