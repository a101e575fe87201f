using Headwater.Log.Maintenance;

namespace Headwater.Benchmarks.Scale;

/// <summary>The maintenance timers, as docs and TimerSchedules have them.</summary>
internal static class TimerRounds
{
    private static readonly TimeSpan Ample = TimeSpan.FromHours(1);

    /// <summary>Each timer and its runs a day.</summary>
    public static IReadOnlyList<(MaintenanceWork Work, int Daily)> Daily { get; } =
    [
        (MaintenanceWork.Checkpoint, 288), (MaintenanceWork.Seal, 24), (MaintenanceWork.Retain, 24), (MaintenanceWork.Compact, 24), (MaintenanceWork.Sweep, 1),
    ];

    public static Task RunAsync(SimulatedProcess timers, MaintenanceWork work) => timers.Log.Maintenance.RunDueAsync(work, Ample, CancellationToken.None);

    /// <summary>Lets a day pass, with every round of every timer.</summary>
    public static async Task RunDayAsync(SimulatedService service, SimulatedProcess timers)
    {
        const int Rounds = 288; // The most frequent timer's.
        for (int round = 0; round < Rounds; round++)
        {
            foreach ((MaintenanceWork work, _) in Daily.Where(t => round % (Rounds / t.Daily) == 0))
            {
                await RunAsync(timers, work);
            }

            await service.PassAsync(TimeSpan.FromDays(1.0 / Rounds));
        }
    }

    /// <summary>Lets days pass with rounds of all work, until nothing falls due any more.</summary>
    public static async Task SettleAsync(SimulatedService service, SimulatedProcess timers)
    {
        foreach (double days in (double[])[0, 0.01, 1.1, 1.1, 2.1])
        {
            await service.PassAsync(TimeSpan.FromDays(days));
            await RunAsync(timers, MaintenanceWork.All);
        }
    }
}
