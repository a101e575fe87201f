using Headwater.Contracts.Errors;
using Headwater.Hosting.Composition;
using Headwater.Hosting.Timers;
using Headwater.Http;
using Headwater.LocalHost.Errors;
using Headwater.LocalHost.Metrics;
using Headwater.LocalHost.Queues;
using Headwater.LocalHost.Timers;
using Headwater.Log;
using Headwater.Log.Errors;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Queues;
using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Metering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Headwater.LocalHost.Serving;

/// <summary>Runs the HTTP API on Kestrel, the queues and the timers on one storage account, as the function app does in the cloud.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(30);

    private readonly WebApplication _web;
    private readonly PrometheusText _metrics;
    private QueuePumps? _pumps;
    private TimerLoop? _timers;
    private bool _stopped;

    private LocalServer(WebApplication web, PrometheusText metrics)
    {
        _web = web;
        _metrics = metrics;
        Meter = Service<StorageMeter>();
    }

    /// <summary>Storage calls made for the log.</summary>
    public StorageMeter Meter { get; }

    /// <summary>The first address the server listens on. If port 0 was given, this has the port that was assigned.</summary>
    public Uri Address => new(_web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts the HTTP API. Queues and timers start with <see cref="StartQueuesAsync"/> and <see cref="StartTimers"/>.</summary>
    /// <param name="addresses">Loopback addresses; see <see cref="ListenAddress"/>.</param>
    /// <param name="connectionString">The storage account's connection string.</param>
    /// <param name="options">Limits and timeouts of the log.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <exception cref="HostException">A port is taken, or the connection string is invalid.</exception>
    public static Task<LocalServer> StartAsync(
        IReadOnlyList<Uri> addresses, string connectionString, LogOptions options, CancellationToken cancellation) =>
        StartAsync(
            addresses, new AzureStorageOptions { ConnectionString = connectionString, ConnectionSetting = "--storage" }, options, cancellation);

    /// <inheritdoc cref="StartAsync(IReadOnlyList{Uri}, string, LogOptions, CancellationToken)"/>
    /// <param name="storage">The storage account and how to call it.</param>
    public static async Task<LocalServer> StartAsync(
        IReadOnlyList<Uri> addresses, AzureStorageOptions storage, LogOptions options, CancellationToken cancellation)
    {
        PrometheusText metrics = new("Headwater.");
        WebApplication web = Build(addresses, storage, options);
        HeadwaterApi api = web.Services.GetRequiredService<HeadwaterApi>();
        web.Run(context => context.Request.Path == "/metrics" && HttpMethods.IsGet(context.Request.Method)
            ? AnswerMetricsAsync(context, metrics)
            : api.HandleAsync(context));
        LocalServer server = new(web, metrics);
        try
        {
            await web.StartAsync(cancellation);
            return server;
        }
        catch (IOException exception)
        {
            await server.DisposeAsync();
            throw ListenAddress.Taken(addresses[0], exception);
        }
    }

    /// <summary>Asks storage once whether it lets this host in. If storage does not answer, requests are answered once it does.</summary>
    /// <exception cref="HostException">Storage denies access.</exception>
    public async Task RequireAccessAsync(CancellationToken cancellation)
    {
        StorageCheck[] checks = [.. Service<EventLog>().StorageChecks, Service<QueuedAppends>().StorageCheck];
        foreach (StorageException? failure in await Task.WhenAll(checks.Select(c => c.AskAsync(cancellation))))
        {
            if (failure is { Fault: StorageFault.Denied })
            {
                throw new HostException($"The storage account denies access: {failure.Remedy ?? failure.Message}", failure);
            }
        }
    }

    /// <summary>
    /// Creates the queues, so that other services can send to the inbox, and starts to handle messages with the settings in host.json. Without this call,
    /// messages stay on the queues. If storage fails, the first message that this host sends creates its queue.
    /// </summary>
    public async Task StartQueuesAsync(CancellationToken cancellation)
    {
        IQueues queues = Service<IQueues>();
        try
        {
            foreach (string queue in StorageNames.Queues)
            {
                await queues.CreateAsync(queue, cancellation);
            }
        }
        catch (StorageException exception)
        {
            Service<ILogger<LocalServer>>().LogQueuesNotCreated(exception);
        }

        StartQueues(QueueSettings.Load(), queues);
    }

    /// <param name="settings">Replaces the settings in host.json.</param>
    /// <param name="queues">The queues to receive from.</param>
    internal QueuePumps StartQueues(QueueSettings settings, IQueues queues) =>
        _pumps = QueuePumps.Start(Service<QueuedAppends>(), queues, settings, TimeProvider.System, Service<ILogger<QueuePump>>());

    /// <summary>Starts the timers, on the same schedules as in the function app. Without this call, the server only answers requests.</summary>
    public void StartTimers() => _timers ??= TimerLoop.Start(Service<TimerWork>().All, TimeProvider.System, Service<ILogger<TimerLoop>>());

    /// <summary>
    /// Answers the reads that wait for events. Stops the timers, the queues and the HTTP server in this order, each after the work in progress has finished.
    /// Then drains the log, which writes its checkpoints. Takes at most 30 s.
    /// </summary>
    public async Task StopAsync()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        Service<EventLog>().StopWaiting();
        using CancellationTokenSource patience = new(DrainPatience);
        if (_timers is not null)
        {
            await _timers.StopAsync().WaitAsync(patience.Token);
        }

        if (_pumps is not null)
        {
            await _pumps.StopAsync(patience.Token);
        }

        await _web.StopAsync(patience.Token);
        try
        {
            await Service<EventLog>().DrainAsync(patience.Token);
        }
        catch (StorageException exception)
        {
            // Checkpoints are caches: without them, the next start reads more of the log. Acknowledged events are stored either way.
            Service<ILogger<LocalServer>>().LogCheckpointsNotWritten(exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_timers is not null)
        {
            await _timers.DisposeAsync();
        }

        if (_pumps is not null)
        {
            await _pumps.DisposeAsync();
        }

        await _web.DisposeAsync();
        _metrics.Dispose();
    }

    private static async Task AnswerMetricsAsync(HttpContext context, PrometheusText metrics)
    {
        try
        {
            LocalCallers.Check(context);
        }
        catch (HeadwaterException refused)
        {
            context.Response.StatusCode = refused.Code.Status();
            await context.Response.WriteAsync(refused.Message, context.RequestAborted);
            return;
        }

        await metrics.AnswerAsync(context);
    }

    private static WebApplication Build(IReadOnlyList<Uri> addresses, AzureStorageOptions storage, LogOptions options)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        }).SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        ServerTelemetry.AddTo(builder.Services, builder.Configuration);
        builder.Services.AddSingleton(options);
        AddStorage(builder.Services, storage);

        // The server listens on loopback only, so every caller but a web page of another site may use every route.
        builder.Services.AddHeadwaterApi((context, _) =>
        {
            LocalCallers.Check(context);
            return ValueTask.FromResult("");
        });
        WebApplication web = builder.Build();
        foreach (Uri address in addresses)
        {
            web.Urls.Add(address.GetLeftPart(UriPartial.Authority));
        }

        return web;
    }

    private static void AddStorage(IServiceCollection services, AzureStorageOptions storage)
    {
        try
        {
            services.AddHeadwaterStorage(storage);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            throw new HostException($"The storage connection string cannot be used: {exception.Message}", exception);
        }
    }

    private T Service<T>()
        where T : notnull => _web.Services.GetRequiredService<T>();
}
