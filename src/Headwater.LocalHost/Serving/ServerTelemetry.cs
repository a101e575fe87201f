using System.Collections;
using Headwater.Hosting.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Headwater.LocalHost.Serving;

/// <summary>Exports traces and metrics to a collector if the standard OpenTelemetry environment variables name one.</summary>
internal static class ServerTelemetry
{
    private const string StandardPrefix = "OTEL_";

    public static void AddTo(IServiceCollection services, ConfigurationManager configuration)
    {
        // Only these variables, because others would change the server's settings, for example its addresses.
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
