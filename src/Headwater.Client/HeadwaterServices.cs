using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Headwater.Client;

/// <summary>Registers the client.</summary>
public static class HeadwaterServices
{
    /// <summary>Registers one <see cref="HeadwaterClient"/>, which logs where the program logs and uses the program's <see cref="TimeProvider"/>.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="configure">Sets at least the address.</param>
    public static IServiceCollection AddHeadwater(this IServiceCollection services, Action<HeadwaterClientOptions> configure) =>
        services.AddHeadwater((_, options) => configure(options));

    /// <inheritdoc cref="AddHeadwater(IServiceCollection, Action{HeadwaterClientOptions})"/>
    /// <param name="configure">Sets at least the address, from other services.</param>
    public static IServiceCollection AddHeadwater(this IServiceCollection services, Action<IServiceProvider, HeadwaterClientOptions> configure)
    {
        services.TryAddSingleton(provider =>
        {
            var options = new HeadwaterClientOptions
            {
                Logging = provider.GetService<ILoggerFactory>(),
                Time = provider.GetService<TimeProvider>() ?? TimeProvider.System,
            };
            configure(provider, options);
            return new HeadwaterClient(options);
        });
        return services;
    }
}
