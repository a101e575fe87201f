using System.Diagnostics.Metrics;

namespace Headwater.Hosting.Telemetry;

/// <summary>
/// The memory of the process, under the meter <c>Headwater.Process</c>, named by the OpenTelemetry semantic conventions
/// (https://opentelemetry.io/docs/specs/semconv/system/process-metrics/).
/// </summary>
public static class ProcessTelemetry
{
    private static readonly Meter Meter = new("Headwater.Process");

    private static readonly ObservableUpDownCounter<long> Memory =
        Meter.CreateObservableUpDownCounter("process.memory.usage", () => Environment.WorkingSet, "By", "The physical memory in use by the process.");

    /// <summary>Creates the instruments; further calls do nothing.</summary>
    /// <returns>Whether a listener collects them now.</returns>
    public static bool Start() => Memory.Enabled;
}
