using Headwater.Contracts.Json;
using Headwater.Contracts.Media;
using Headwater.Http.Answers;
using Headwater.Http.Bodies;
using Headwater.Http.Requests;
using Headwater.Log;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Maintenance;

/// <summary>Runs maintenance on demand, with the same work as the timers.</summary>
internal sealed class MaintenanceHandlers(EventLog log, RequestBody bodies)
{
    private static readonly TimeSpan BudgetDefault = TimeSpan.FromSeconds(60);

    /// <summary>Azure ends a request after 230 s. A step that starts at the end of the budget must finish before that.</summary>
    private static readonly TimeSpan BudgetMax = TimeSpan.FromSeconds(180);

    private readonly SettingsBody _settings = new(bodies);

    public async Task RunAsync(HttpContext context)
    {
        _ = new QueryParameters(context.Request);
        StreamName name = RequestPath.Stream(context);
        MaintenanceDemand demand = await _settings.ReadAsync(context, [MediaTypes.Json], Read);
        MaintenanceReport report = await log.Maintenance.RunAsync(name, demand, context.RequestAborted);
        MaintenanceTelemetry.Record(report);
        await Answer.JsonAsync(context, StatusCodes.Status200OK, MaintenanceJson.Of(report), ContractJson.Default.MaintenanceAnswer);
    }

    private static MaintenanceDemand Read(SettingsMembers members)
    {
        TimeSpan budget = members.Duration("budget") ?? BudgetDefault;
        IReadOnlyList<MaintenanceWork>? named = members.Choices("work", MaintenanceJson.WorkNames);
        MaintenanceWork work = named?.Aggregate((all, one) => all | one) ?? MaintenanceWork.All;
        bool force = members.Flag("force") ?? false;
        if (force && !work.HasFlag(MaintenanceWork.Seal))
        {
            members.Fault("force", "requires the work seal");
        }

        return new MaintenanceDemand(work, budget < BudgetMax ? budget : BudgetMax) { SealsNow = force };
    }
}
