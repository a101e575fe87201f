using Headwater.Contracts.Answers;
using Headwater.Contracts.Json;
using Headwater.Contracts.Media;
using Headwater.Http.Answers;
using Headwater.Http.Maintenance;
using Headwater.Log;
using Headwater.Log.Maintenance;
using Headwater.Log.Ports;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Health;

/// <summary>The health of the service and its description. Both answer even if storage does not.</summary>
internal sealed class HealthHandlers(EventLog log, Func<byte[]> writeDocument)
{
    private readonly Lazy<byte[]> _document = new(writeDocument);

    public async Task HealthAsync(HttpContext context)
    {
        MaintenanceHealth? maintenance = await MaintenanceAsync(context.RequestAborted);
        var answer = new HealthAnswer("ok", ApiVersion.Text, maintenance is null ? null : Of(maintenance));
        await Answer.JsonAsync(context, StatusCodes.Status200OK, answer, ContractJson.Default.HealthAnswer);
    }

    /// <returns>Null if storage does not answer.</returns>
    private async Task<MaintenanceHealth?> MaintenanceAsync(CancellationToken cancellation)
    {
        try
        {
            return await log.Maintenance.HealthAsync(cancellation);
        }
        catch (StorageException)
        {
            return null;
        }
    }

    private static MaintenanceHealthAnswer Of(MaintenanceHealth maintenance) => new(
        maintenance.IsOverdue,
        maintenance.IsOverdue ? MaintenanceJson.Names(maintenance.Overdue) : null,
        maintenance.LastRun?.ToDateTimeOffset().UtcDateTime,
        maintenance.Failures.Count > 0 ? [.. maintenance.Failures.Select(f => f.Stream.Value)] : null);

    public Task DocumentAsync(HttpContext context) => Answer.BytesAsync(context, StatusCodes.Status200OK, MediaTypes.Json, _document.Value);
}
