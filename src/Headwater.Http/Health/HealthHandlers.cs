using Headwater.Contracts.Answers;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Json;
using Headwater.Contracts.Media;
using Headwater.Http.Answers;
using Headwater.Http.Maintenance;
using Headwater.Log;
using Headwater.Log.Errors;
using Headwater.Log.Maintenance;
using Headwater.Log.Ports;
using Headwater.Queues;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Health;

/// <summary>The health of the service, the health of its storage, and its description. Only the second needs storage.</summary>
internal sealed class HealthHandlers(EventLog log, QueuedAppends queued, Func<byte[]> writeDocument)
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan OperatorWait = TimeSpan.FromMinutes(1);

    private readonly Lazy<byte[]> _document = new(writeDocument);

    public async Task HealthAsync(HttpContext context)
    {
        MaintenanceHealth? maintenance = await MaintenanceAsync(context.RequestAborted);
        var answer = new HealthAnswer("ok", ApiVersion.Text, maintenance is null ? null : Of(maintenance));
        await Answer.JsonAsync(context, StatusCodes.Status200OK, answer, ContractJson.Default.HealthAnswer);
    }

    /// <summary>Asks blobs, tables and queues at once. Takes at most 5 s; costs three reads per 5 s and process.</summary>
    public async Task ReadyAsync(HttpContext context)
    {
        StorageCheck[] checks = [.. log.StorageChecks, queued.StorageCheck];
        StorageException?[] failures = await Task.WhenAll(checks.Select(c => c.AskAsync(context.RequestAborted)));
        (StorageCheck Check, StorageException? Failure)[] failed = [.. checks.Zip(failures).Where(c => c.Second is not null)];
        if (failed.Length > 0)
        {
            throw NotReady(failed);
        }

        await Answer.JsonAsync(context, StatusCodes.Status200OK, new ReadyAnswer("ready"), ContractJson.Default.ReadyAnswer);
    }

    private static HeadwaterException NotReady((StorageCheck Check, StorageException? Failure)[] failed)
    {
        string reasons = string.Join(' ', failed.Select(f => $"{f.Check.Service}: {f.Failure!.Message} {f.Failure.Remedy}".TrimEnd()));
        bool needsOperator = failed.Any(f => f.Failure!.Fault is StorageFault.Denied or StorageFault.NotProvisioned);
        return new HeadwaterException(ErrorCode.StorageUnavailable, $"Storage does not serve this app. {reasons}", failed[0].Failure)
        {
            RetryAfter = needsOperator ? OperatorWait : Wait,
        };
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
