using Headwater.Http;
using Headwater.Http.Hosting;
using Headwater.Http.Queued;
using Headwater.LocalHost.Metrics;
using Headwater.LocalHost.Timers;
using Headwater.Log;
using Headwater.Log.Ports;
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
    private readonly TimerWork _timerWork;
    private TimerLoop? _timers;
    private bool _stopped;

    private LocalServer(WebApplication web, EventLog log, TimerWork timerWork, StorageMeter meter, PrometheusText metrics)
    {
        _web = web;
        _log = log;
        _timerWork = timerWork;
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
        QueuedAppends queued = new(log, ports, account.OpenQueues(), QueuedOptions.Default, web.Services.GetRequiredService<ILogger<QueuedAppends>>());
        HeadwaterApi api = new(log, queued, (_, _) => ValueTask.FromResult(""), TimeProvider.System, web.Services.GetRequiredService<ILogger<HeadwaterApi>>());
        web.Run(context => context.Request.Path == "/metrics" && HttpMethods.IsGet(context.Request.Method)
            ? metrics.AnswerAsync(context)
            : api.HandleAsync(context));
        TimerWork timerWork = new(log, queued, web.Services.GetRequiredService<ILogger<TimerWork>>());
        LocalServer server = new(web, log, timerWork, meter, metrics);
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

    /// <summary>Fires the timers from now on, as the function app's are; without this call nothing happens that no request asked for.</summary>
    public void StartTimers() => _timers ??= TimerLoop.Start(_timerWork.All, TimeProvider.System, _web.Services.GetRequiredService<ILogger<TimerLoop>>());

    /// <summary>Fires no timer and takes no request any more, answers those under way, then lets the log finish and write its checkpoints.</summary>
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
