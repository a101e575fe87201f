using Azure.Core;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Headwater.Hosting.Telemetry;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;

namespace Headwater.Functions.Hosting;

/// <summary>Sends traces, metrics and logs where the settings say: Application Insights, a collector, both, or nowhere.</summary>
internal static class AppTelemetry
{
    // A trace is kept or dropped whole. Metrics count everything; a few traces a second and instance show what a request does.
    private const double TracesPerSecond = 5;

    /// <exception cref="SettingsException">A setting makes no sense.</exception>
    public static IServiceCollection AddAppTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        string? connection = configuration[AppSettings.ApplicationInsights];
        bool monitored = !string.IsNullOrWhiteSpace(connection);
        if (!monitored && !HeadwaterTelemetry.IsExported(configuration))
        {
            return services; // The Functions host goes on showing the worker's log itself.
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

    /// <param name="text"><c>Authorization=AAD</c> or <c>Authorization=AAD;ClientId=…</c>, as the Functions host takes it.</param>
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
            throw new SettingsException($"{AppSettings.ApplicationInsightsAuthentication} takes Authorization=AAD, with ;ClientId=… for a user-assigned identity.");
        }

        return new ManagedIdentityCredential(parts.TryGetValue("ClientId", out string? client)
            ? ManagedIdentityId.FromUserAssignedClientId(client)
            : ManagedIdentityId.SystemAssigned);
    }
}
