using Headwater.Hosting.Timers;
using Headwater.Http;
using Headwater.LocalHost.Errors;
using Headwater.LocalHost.Metrics;
using Headwater.LocalHost.Queues;
using Headwater.LocalHost.Timers;
using Headwater.Log;
using Headwater.Log.Ports;
using Headwater.Queues;
using Headwater.Queues.Handling;
using Headwater.Storage.Azure;
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
    private readonly EventLog _log;
    private readonly QueuedAppends _queued;
    private readonly IQueues _queues;
    private QueuePumps? _pumps;
    private TimerLoop? _timers;
    private bool _stopped;

    private LocalServer(WebApplication web, EventLog log, (QueuedAppends Appends, IQueues Queues) queued, StorageMeter meter, PrometheusText metrics)
    {
        _web = web;
        _log = log;
        (_queued, _queues) = queued;
        _metrics = metrics;
        Meter = meter;
    }

    /// <summary>Storage calls made for the log.</summary>
    public StorageMeter Meter { get; }

    /// <summary>The first address of the server, with the actual port if port 0 was requested.</summary>
    public Uri Address => new(_web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <param name="addresses">Loopback only; see <see cref="ListenAddress"/>.</param>
    /// <param name="connectionString">The connection string of the storage account.</param>
    /// <param name="options">The options of the log.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <exception cref="HostException">A port is in use, or the connection string is invalid.</exception>
    public static Task<LocalServer> StartAsync(
        IReadOnlyList<Uri> addresses, string connectionString, LogOptions options, CancellationToken cancellation) =>
        StartAsync(addresses, new AzureStorageOptions { ConnectionString = connectionString }, options, cancellation);

    /// <inheritdoc cref="StartAsync(IReadOnlyList{Uri}, string, LogOptions, CancellationToken)"/>
    /// <param name="storage">The storage account and how to call it.</param>
    public static async Task<LocalServer> StartAsync(
        IReadOnlyList<Uri> addresses, AzureStorageOptions storage, LogOptions options, CancellationToken cancellation)
    {
        StorageMeter meter = new();
        PrometheusText metrics = new("Headwater.");
        AzureStorage account = Open(storage, meter);
        LogPorts ports = new(account.OpenBlobs(StorageNames.Container), account.OpenTables(), TimeProvider.System, Randomness.System);
        EventLog log = new(ports, options);
        WebApplication web = Build(addresses);
        IQueues queues = account.OpenQueues();
        QueuedAppends queued = new(log, ports, queues, QueuedOptions.Default, web.Services.GetRequiredService<ILogger<QueuedAppends>>());
        HeadwaterApi api = new(log, queued, (_, _) => ValueTask.FromResult(""), TimeProvider.System, web.Services.GetRequiredService<ILogger<HeadwaterApi>>());
        web.Run(context => context.Request.Path == "/metrics" && HttpMethods.IsGet(context.Request.Method)
            ? metrics.AnswerAsync(context)
            : api.HandleAsync(context));
        LocalServer server = new(web, log, (queued, queues), meter, metrics);
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

    /// <summary>Starts handling queue messages with the settings of host.json. Without this call, messages stay in the queues.</summary>
    public void StartQueues() => StartQueues(QueueSettings.Load(), _queues);

    /// <param name="settings">Settings to use instead of host.json.</param>
    /// <param name="queues">The queues that the pumps use.</param>
    internal QueuePumps StartQueues(QueueSettings settings, IQueues queues) =>
        _pumps = QueuePumps.Start(_queued, queues, settings, TimeProvider.System, _web.Services.GetRequiredService<ILogger<QueuePump>>());

    /// <summary>Starts the timers of the function app. Without this call, no background work runs.</summary>
    public void StartTimers()
    {
        TimerWork work = new(_log, _queued, _web.Services.GetRequiredService<ILogger<TimerWork>>());
        _timers ??= TimerLoop.Start(work.All, TimeProvider.System, _web.Services.GetRequiredService<ILogger<TimerLoop>>());
    }

    /// <summary>
    /// Stops timers, queues and HTTP, and completes what is in progress. Then the log completes its appends and writes its checkpoints. Waits at
    /// most 30 seconds.
    /// </summary>
    public async Task StopAsync()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
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
            await _log.DrainAsync(patience.Token);
        }
        catch (StorageException exception)
        {
            // Checkpoints are caches: without them the next start reads more of the log. Every acknowledged event is stored.
            _web.Services.GetRequiredService<ILogger<LocalServer>>().LogCheckpointsNotWritten(exception);
        }
    }

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
        Meter.Dispose();
    }

    private static AzureStorage Open(AzureStorageOptions options, StorageMeter meter)
    {
        try
        {
            return new AzureStorage(options, meter, TimeProvider.System);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            throw new HostException($"The storage connection string cannot be used: {exception.Message}", exception);
        }
    }

    private static WebApplication Build(IReadOnlyList<Uri> addresses)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // The API enforces its own limit and answers 413 with a problem body, as in the function app.
            kestrel.Limits.MaxRequestBodySize = null;
        });
        ServerTelemetry.AddTo(builder.Services, builder.Configuration);
        WebApplication web = builder.Build();
        foreach (Uri address in addresses)
        {
            web.Urls.Add(address.GetLeftPart(UriPartial.Authority));
        }

        return web;
    }
}
