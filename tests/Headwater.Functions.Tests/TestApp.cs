using Headwater.Functions.Hosting;
using Headwater.Log;
using Headwater.Log.Ports;
using Headwater.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Headwater.Functions.Tests;

/// <summary>The app as composed for Azure, over in-memory ports.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public TestApp()
    {
        Time = new FakeTimeProvider(new DateTimeOffset(2024, 5, 1, 12, 0, 0, TimeSpan.Zero));
        Queues = new InMemoryQueues(Time);
        var services = new ServiceCollection();
        services.AddSingleton<IQueues>(Queues);
        services.AddSingleton(new LogPorts(new InMemoryBlobs(Time), new InMemoryTables(), Time, new SeededRandomness(1)));
        _services = services.AddLog().BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    public FakeTimeProvider Time { get; }

    public InMemoryQueues Queues { get; }

    public IServiceProvider Services => _services;

    public EventLog Log => _services.GetRequiredService<EventLog>();

    /// <summary>Calls an HTTP function as the worker does: the request has its path but no route values.</summary>
    public async Task<(int Status, string Body)> SendAsync(string function, string method, string path, string? json = null)
    {
        DefaultHttpContext context = Context(method, path, json);
        await AppFunction.Named(function).CallAsync(_services, context.Request);
        return (context.Response.StatusCode, Body(context));
    }

    public static DefaultHttpContext Context(string method, string path, string? json = null)
    {
        var context = new DefaultHttpContext { RequestAborted = TestContext.Current.CancellationToken };
        context.Request.Method = method;
        context.Request.Path = path;
        context.Response.Body = new MemoryStream();
        if (json is not null)
        {
            context.Request.ContentType = "application/json";
            context.Request.Body = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json));
            context.Request.ContentLength = context.Request.Body.Length;
        }

        return context;
    }

    public static string Body(HttpContext context) => System.Text.Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
