using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Resources;

namespace Headwater.Hosting.Telemetry;

/// <summary>OpenTelemetry, once for every host: the traces and metrics of everything named Headwater.</summary>
public static class HeadwaterTelemetry
{
    /// <summary>Prefix of every source of spans and every meter of ours.</summary>
    public const string Names = "Headwater.*";

    /// <summary>Standard variable of the protocol (https://opentelemetry.io/docs/specs/otel/protocol/exporter/): where to send; absent: nothing is sent so.</summary>
    public const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string ServiceName = "OTEL_SERVICE_NAME";

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

    // What the environment says goes first, as for every OpenTelemetry program.
    private static void Name(ResourceBuilder resource, IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration[ServiceName]))
        {
            resource.AddService("headwater");
        }
    }
}
