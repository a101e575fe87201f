using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Resources;

namespace Headwater.Hosting.Telemetry;

/// <summary>Registers OpenTelemetry for every host: the traces and metrics of all sources and meters named <c>Headwater.*</c>.</summary>
public static class HeadwaterTelemetry
{
    /// <summary>Pattern that matches every activity source and meter of Headwater.</summary>
    public const string Names = "Headwater.*";

    /// <summary>
    /// Standard variable of the protocol (https://opentelemetry.io/docs/specs/otel/protocol/exporter/): the collector's address. If it is not set, nothing is
    /// exported over OTLP.
    /// </summary>
    public const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string ServiceName = "OTEL_SERVICE_NAME";

    /// <summary>Registers traces and metrics, and the OTLP exporter if a collector is configured.</summary>
    public static IOpenTelemetryBuilder AddHeadwaterTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        IOpenTelemetryBuilder telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => Name(resource, configuration))
            .WithTracing(tracing => tracing.AddSource(Names))
            .WithMetrics(metrics => metrics.AddMeter(Names));
        return IsExported(configuration) ? telemetry.UseOtlpExporter() : telemetry;
    }

    /// <summary>Whether a collector is configured.</summary>
    public static bool IsExported(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration[OtlpEndpoint]);

    // The standard variable has precedence, as in every OpenTelemetry program.
    private static void Name(ResourceBuilder resource, IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration[ServiceName]))
        {
            resource.AddService("headwater");
        }
    }
}
