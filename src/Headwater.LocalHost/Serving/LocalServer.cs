using Headwater.Hosting.Timers;
using Headwater.Http;
using Headwater.LocalHost.Metrics;
using Headwater.LocalHost.Queues;
using Headwater.LocalHost.Timers;
using Headwater.Log;
using Headwater.Log.Ports;
using Headwater.Queues;
using Headwater.Storage.Azure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Headwater.LocalHost.Serving;

/// <summary>The HTTP API on Kestrel over one storage account: what the function app is in the cloud, in this process.</summary>
public sealed class LocalServer : IAsyncDisposable
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

    /// <summary>Where it listens, with the real port where a free one was asked for.</summary>
    public Uri Address => new(_web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <param name="addresses">Loopback only; see <see cref="ListenAddress"/>.</param>
    /// <param name="connectionString">Of the storage account.</param>
    /// <param name="options">Tuning.</param>
    /// <param name="cancellation">Stops starting.</param>
    /// <exception cref="HostException">A port is taken, or the connection string makes no sense.</exception>
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

    /// <summary>Handles what is on the queues from now on, as host.json says; without this call it stays there.</summary>
    public void StartQueues() => StartQueues(QueueSettings.Load(), _queues);

    /// <param name="settings">In place of host.json.</param>
    /// <param name="queues">The account's, as the pumps are to see them.</param>
    internal QueuePumps StartQueues(QueueSettings settings, IQueues queues) =>
        _pumps = QueuePumps.Start(_queued, queues, settings, TimeProvider.System, _web.Services.GetRequiredService<ILogger<QueuePump>>());

    /// <summary>Fires the timers from now on, as the function app's are; without this call nothing happens that no request asked for.</summary>
    public void StartTimers()
    {
        TimerWork work = new(_log, _queued, _web.Services.GetRequiredService<ILogger<TimerWork>>());
        _timers ??= TimerLoop.Start(work.All, TimeProvider.System, _web.Services.GetRequiredService<ILogger<TimerLoop>>());
    }

    /// <summary>Fires no timer, receives no message and takes no request any more, finishes and answers those under way, then lets the log finish and write its checkpoints.</summary>
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
            // Checkpoints are caches: without them the next opening reads more. What was acknowledged is stored.
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

            // The API counts what it reads and answers 413 itself, with a problem body, as it does in the function app.
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
