using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Headwater.Clients.Tests;

/// <summary>Passes requests on, and loses the answers of the first ones: the service has done the work, and its client does not know.</summary>
internal sealed class LosingProxy : IAsyncDisposable
{
    private readonly HttpClient _http = new();

    private readonly WebApplication _app;

    private readonly Uri _service;

    private readonly int _lost;

    private int _requests;

    private LosingProxy(WebApplication app, Uri service, int lost) => (_app, _service, _lost) = (app, service, lost);

    public Uri Address => new(_app.Urls.Single() + "/");

    /// <summary>Requests that were passed on.</summary>
    public int Requests => _requests;

    public static async Task<LosingProxy> StartAsync(Uri service, int lost, CancellationToken cancellation)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        var proxy = new LosingProxy(app, service, lost);
        app.Run(proxy.PassAsync);
        await app.StartAsync(cancellation);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        int number = Interlocked.Increment(ref _requests);
        using var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method), new Uri(_service, context.Request.Path + context.Request.QueryString.ToString()))
        {
            Content = new StreamContent(context.Request.Body),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", context.Request.Headers["Idempotency-Key"].ToArray());
        using HttpResponseMessage answer = await _http.SendAsync(request, context.RequestAborted);
        if (number <= _lost)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
