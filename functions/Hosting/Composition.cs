using Headwater.Functions.Http;
using Headwater.Hosting.Composition;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Headwater.Functions.Hosting;

/// <summary>Composes the function app over the configured storage account. Makes no storage call: the first request makes the first one.</summary>
internal static class Composition
{
    /// <exception cref="SettingsException">A setting is missing or invalid.</exception>
    public static IServiceCollection AddHeadwater(this IServiceCollection services, IConfiguration configuration)
    {
        try
        {
            services.AddHeadwaterStorage(StorageSettings.Read(configuration));
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            throw new SettingsException($"{AppSettings.Storage} cannot be used: {exception.Message}", exception);
        }

        services.AddSingleton(CapacitySettings.Read(configuration));
        return services.AddLog();
    }

    /// <summary>Registers everything above the ports.</summary>
    internal static IServiceCollection AddLog(this IServiceCollection services)
    {
        // The Functions host has already checked the key that the trigger's access level requires.
        services.AddHeadwaterApi((_, _) => ValueTask.FromResult(""));
        services.AddSingleton<HttpRoutes>();
        return services.AddHostedService<DrainOnStop>();
    }
}
