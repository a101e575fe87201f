using Headwater.Contracts.Media;
using Headwater.Http.Answers;
using Headwater.Http.Maintenance;
using Headwater.Log;
using Headwater.Log.Maintenance;
using Headwater.Log.Ports;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Service;

/// <summary>The health of the service and its description. Both answer even if storage does not.</summary>
internal sealed class ServiceHandlers(EventLog log, Func<byte[]> writeDocument)
{
    private readonly Lazy<byte[]> _document = new(writeDocument);

    public async Task HealthAsync(HttpContext context)
    {
        MaintenanceHealth? maintenance = await MaintenanceAsync(context.RequestAborted);
        await Answer.JsonAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("status", "ok");
            json.WriteString("version", ApiVersion.Text);
            if (maintenance is not null)
            {
                json.WriteStartObject("maintenance");
                json.WriteBoolean("overdue", maintenance.IsOverdue);
                if (maintenance.IsOverdue)
                {
                    MaintenanceJson.WriteNames(json, "overdueWork", maintenance.Overdue);
                }

                if (maintenance.LastRun is { } last)
                {
                    json.WriteString("lastRun", last.ToDateTimeOffset().UtcDateTime);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        });
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

    public Task DocumentAsync(HttpContext context) => Answer.BytesAsync(context, StatusCodes.Status200OK, MediaTypes.Json, _document.Value);
}
