using Headwater.Http;
using Headwater.Log;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Queues;
using Headwater.Queues.Handling;
using Headwater.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Headwater.Clients.Tests;

/// <summary>The API over in-memory storage, on a real port.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Server(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public static async Task<Server> StartAsync(CancellationToken cancellation)
    {
        TimeProvider time = TimeProvider.System;
        var ports = new LogPorts(new InMemoryBlobs(time), new InMemoryTables(time), time, new SeededRandomness(1));
        var log = new EventLog(ports, LogOptions.Default);
        var queued = new QueuedAppends(log, ports, new InMemoryQueues(time), QueuedOptions.Default, NullLogger<QueuedAppends>.Instance);
        var api = new HeadwaterApi(log, queued, (_, _) => ValueTask.FromResult(""), time, NullLogger<HeadwaterApi>.Instance);

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.Run(api.HandleAsync);
        await app.StartAsync(cancellation);
        return new Server(app);
    }

    public async Task<string> DocumentAsync(CancellationToken cancellation)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(Address, "/openapi.json"), cancellation);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
