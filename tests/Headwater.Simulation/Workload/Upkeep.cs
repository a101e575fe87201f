using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Simulation.Instances;
using Headwater.Simulation.Scheduling;

namespace Headwater.Simulation.Workload;

/// <summary>Acts as timers and operators: calls maintenance on any instance at any time, with any budget, even if another call is running.</summary>
internal sealed class Upkeep(ClientContext context, Chance chance)
{
    private static readonly TimeSpan LongestBudget = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LongestWork = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan ShortestNap = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LongestNap = TimeSpan.FromSeconds(15);

    public void Maintain()
    {
        SimulatedInstance instance = context.Fleet.Any();
        double dozing = context.Plan.Troubles.Dozing;
        if (dozing > 0 && chance.Happens(dozing))
        {
            context.Timeline.After(chance.LogTime(TimeSpan.FromMilliseconds(5), LongestWork), context.Fleet.Clients, () => FallAsleep(instance));
        }

        _ = MaintainAsync(instance, chance.Pick(context.Streams));
    }

    private void FallAsleep(SimulatedInstance instance)
    {
        if (instance.IsUp && context.Fleet.Slots.Count(s => s.IsUp) > 2)
        {
            instance.Freeze();
            context.Timeline.After(chance.LogTime(ShortestNap, LongestNap), context.Fleet.Clients, () => instance.WakeUp(clockStoodStill: chance.Happens(0.5)));
        }
    }

    private async Task MaintainAsync(SimulatedInstance instance, StreamName stream)
    {
        TimeSpan budget = chance.Happens(0.3) ? TimeSpan.Zero : LongestBudget * chance.Fraction();
        MaintenanceWork work = chance.Happens(0.5) ? MaintenanceWork.All : MaintenanceWork.Compact | MaintenanceWork.Retain;
        bool isTimer = chance.Happens(0.2);
        try
        {
            MaintenanceReport report = await context.Fleet.CallAsync(
                instance,
                (log, cancellation) =>
                    isTimer ? log.Maintenance.RunDueAsync(work, budget, cancellation) : log.Maintenance.RunAsync(stream, work, budget, cancellation),
                Patience);
            Write($"{instance.Party.Name} maintained {stream}: {string.Join(' ', report.Streams.SelectMany(s => s.Partitions).Select(p => p.Compaction))}");
        }
        catch (Exception problem)
        {
            Answers.Read(problem, out _, out _);
            Write($"{instance.Party.Name} could not maintain {stream}: {problem.Message}");
        }
    }

    private void Write(string what) => context.Timeline.Trace.Write(context.Timeline, "upkeep", $"{what}");
}
