using System.Net;

namespace Headwater.WorkerHost;

/// <summary>
/// Forwards requests to the worker's own server, each with the invocation it belongs to. A request that its caller gives up is cancelled in the
/// worker.
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
