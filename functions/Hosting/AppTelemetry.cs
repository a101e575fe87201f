using Azure.Core;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Headwater.Hosting.Telemetry;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;

namespace Headwater.Functions.Hosting;

/// <summary>Exports traces, metrics and logs to the configured targets: Application Insights, a collector, both, or none.</summary>
internal static class AppTelemetry
{
    // Sampling keeps or drops whole traces. Metrics count every request, so five traces per second and instance are enough.
    private const double TracesPerSecond = 5;

    /// <exception cref="SettingsException">A setting is invalid.</exception>
    public static IServiceCollection AddAppTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        string? connection = configuration[AppSettings.ApplicationInsights];
        bool monitored = !string.IsNullOrWhiteSpace(connection);
        if (!monitored && !HeadwaterTelemetry.IsExported(configuration))
        {
            return services; // The Functions host still writes the worker's log.
        }

        IOpenTelemetryBuilder telemetry = services.AddHeadwaterTelemetry(configuration);
        telemetry.UseFunctionsWorkerDefaults();
        if (monitored)
        {
            TokenCredential? credential = Credential(configuration[AppSettings.ApplicationInsightsAuthentication]);
            telemetry.UseAzureMonitorExporter(exporter =>
            {
                exporter.ConnectionString = connection;
                exporter.Credential = credential;
                exporter.TracesPerSecond = TracesPerSecond;
            });
        }

        return services;
    }

    /// <param name="text"><c>Authorization=AAD</c> or <c>Authorization=AAD;ClientId=…</c>, the same format as in the Functions host.</param>
    internal static TokenCredential? Credential(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var parts = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .ToDictionary(part => part[0], part => part.Length == 2 ? part[1] : "", StringComparer.OrdinalIgnoreCase);
        if (!parts.TryGetValue("Authorization", out string? kind) || !kind.Equals("AAD", StringComparison.OrdinalIgnoreCase))
        {
            throw new SettingsException(
                $"{AppSettings.ApplicationInsightsAuthentication} must be Authorization=AAD, followed by ;ClientId=… for a user-assigned identity.");
        }

        return new ManagedIdentityCredential(parts.TryGetValue("ClientId", out string? client)
            ? ManagedIdentityId.FromUserAssignedClientId(client)
            : ManagedIdentityId.SystemAssigned);
    }
}
