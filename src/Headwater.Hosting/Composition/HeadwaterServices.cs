using Headwater.Hosting.Telemetry;
using Headwater.Hosting.Timers;
using Headwater.Http;
using Headwater.Http.Pipeline;
using Headwater.Log;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Queues;
using Headwater.Queues.Handling;
using Headwater.Storage.Azure;
using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Metering;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Headwater.Hosting.Composition;

/// <summary>Registers what every host shares. A host adds its own triggers, access policy and metrics page.</summary>
public static class HeadwaterServices
{
    /// <summary>Registers the ports over one storage account. Makes no storage call: the first request makes the first one.</summary>
    /// <param name="services">Receives <see cref="StorageMeter"/>, <see cref="IQueues"/> and <see cref="LogPorts"/>.</param>
    /// <param name="options">The storage account and how to call it.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentException">An option is missing or invalid.</exception>
    /// <exception cref="FormatException">The connection string cannot be parsed.</exception>
    public static IServiceCollection AddHeadwaterStorage(this IServiceCollection services, AzureStorageOptions options)
    {
        StorageMeter meter = new();
        try
        {
            AzureStorage storage = new(options, meter, TimeProvider.System);
            IQueues queues = storage.OpenQueues();
            LogPorts ports = new(storage.OpenBlobs(StorageNames.Container), storage.OpenTables(), TimeProvider.System, Randomness.System);
            services.AddSingleton(_ => queues);

            // A factory, because outages are logged, and every use of storage begins with the ports.
            services.AddSingleton(provider =>
            {
                OutageLog.Attach(options.Outages, provider.GetRequiredService<ILoggerFactory>().CreateLogger("Headwater.Storage"));
                return ports;
            });
        }
        catch
        {
            meter.Dispose();
            throw;
        }

        // A factory, so that the container disposes the meter.
        return services.AddSingleton(_ => meter);
    }

    /// <summary>Registers everything above the ports: the log, the queue path, the HTTP API and the timers' work.</summary>
    /// <param name="services">Must contain <see cref="IQueues"/> and <see cref="LogPorts"/>. <see cref="LogOptions"/> and <see cref="QueuedOptions"/> have
    /// defaults.</param>
    /// <param name="access">Decides before every route whether the caller may use it.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddHeadwaterApi(this IServiceCollection services, AccessPolicy access)
    {
        ProcessTelemetry.Start();
        services.AddLogging();
        services.TryAddSingleton(LogOptions.Default);
        services.TryAddSingleton(QueuedOptions.Default);
        services.AddSingleton(provider => provider.GetRequiredService<LogPorts>().Time);
        services.AddSingleton(access);
        services.AddSingleton<EventLog>();
        services.AddSingleton<QueuedAppends>();
        services.AddSingleton<HeadwaterApi>();
        services.AddSingleton<TimerWork>();

        // The API counts the bytes it reads and answers 413 with a problem body. Kestrel's default limit of 30,000,000 bytes would cut the request off first.
        return services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = null);
    }
}
