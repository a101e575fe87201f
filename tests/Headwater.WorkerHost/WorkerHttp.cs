using System.Net;

namespace Headwater.WorkerHost;

/// <summary>
/// Forwards each request to the worker's HTTP server, together with its invocation. If the caller cancels the request, the invocation is cancelled too.
/// </summary>
internal sealed class WorkerHttp(HostedWorker worker) : HttpMessageHandler
{
    private readonly HttpMessageInvoker _direct =
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None });

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.AbsolutePath;
        WorkerFunction function = worker.Functions.First(f => f.Takes(request.Method.Method, path));
        string invocation = HostedWorker.NewId();
        request.RequestUri = new Uri(worker.HttpAddress, request.RequestUri.PathAndQuery);
        request.Headers.Add("x-ms-invocation-id", invocation);
        _ = worker.InvokeAsync(function, invocation, null);
        try
        {
            return await _direct.SendAsync(request, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            worker.Cancel(invocation);
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _direct.Dispose();
        base.Dispose(disposing);
    }
}
