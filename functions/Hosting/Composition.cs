using Headwater.Functions.Http;
using Headwater.Hosting.Timers;
using Headwater.Http;
using Headwater.Http.Pipeline;
using Headwater.Log;
using Headwater.Log.Ports;
using Headwater.Queues;
using Headwater.Queues.Handling;
using Headwater.Storage.Azure;
using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Metering;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Headwater.Functions.Hosting;

/// <summary>Puts the log together over the storage account that is configured. Costs no storage call: the first request makes the first one.</summary>
internal static class Composition
{
    /// <exception cref="SettingsException">A setting is missing or makes no sense.</exception>
    public static IServiceCollection AddHeadwater(this IServiceCollection services, IConfiguration configuration)
    {
        StorageMeter meter = new();
        AzureStorage storage = Open(StorageSettings.Read(configuration), meter);
        services.AddSingleton(meter);
        services.AddSingleton(storage.OpenQueues());
        services.AddSingleton(new LogPorts(storage.OpenBlobs(StorageNames.Container), storage.OpenTables(), TimeProvider.System, Randomness.System));
        return services.AddLog();
    }

    /// <summary>Everything above the ports.</summary>
    internal static IServiceCollection AddLog(this IServiceCollection services)
    {
        services.AddLogging();
        services.AddSingleton(provider => provider.GetRequiredService<LogPorts>().Time);
        services.AddSingleton(LogOptions.Default);
        services.AddSingleton(QueuedOptions.Default);
        services.AddSingleton<AccessPolicy>((_, _) => ValueTask.FromResult("")); // The Functions host has asked for the key of the trigger's level.
        services.AddSingleton<EventLog>();
        services.AddSingleton<QueuedAppends>();
        services.AddSingleton<HeadwaterApi>();
        services.AddSingleton<HttpRoutes>();
        services.AddSingleton<TimerWork>();
        services.AddHostedService<DrainOnStop>();

        // The API counts what it reads and answers 413 itself; the server would break off at 30,000,000 bytes, which the Functions host reports as 500.
        return services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = null);
    }

    private static AzureStorage Open(AzureStorageOptions options, StorageMeter meter)
    {
        try
        {
            return new AzureStorage(options, meter, TimeProvider.System);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            meter.Dispose();
            throw new SettingsException($"{AppSettings.Storage} cannot be used: {exception.Message}", exception);
        }
    }
}
