using System.Collections;
using Headwater.Hosting.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Headwater.LocalHost.Serving;

/// <summary>Sends traces and metrics to a collector, if the environment names one as every OpenTelemetry program takes it.</summary>
internal static class ServerTelemetry
{
    private const string StandardPrefix = "OTEL_";

    public static void AddTo(IServiceCollection services, ConfigurationManager configuration)
    {
        // Only these variables: any other would reach the server's own settings, where it listens among them.
        configuration.AddInMemoryCollection(
            from DictionaryEntry variable in Environment.GetEnvironmentVariables()
            let name = (string)variable.Key
            where name.StartsWith(StandardPrefix, StringComparison.Ordinal)
            select KeyValuePair.Create(name, (string?)variable.Value));
        if (HeadwaterTelemetry.IsExported(configuration))
        {
            services.AddHeadwaterTelemetry(configuration);
        }
    }
}
