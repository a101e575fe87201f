using System.Globalization;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;

namespace Headwater.Benchmarks.Scale;

/// <summary>Many streams of one partition, and the timers' rounds over them.</summary>
internal static class ManyStreams
{
    private const int RowsPerQuery = 1_000;

    public static void Run(ScaleSizes sizes, ScaleTable table) => SimulatedService.Play(async service =>
    {
        var streams = new List<StreamDescription>();
        SimulatedProcess creator = service.Start();
        for (int i = 0; i < sizes.Streams; i++)
        {
            streams.Add(await creator.CreateAsync(string.Create(CultureInfo.InvariantCulture, $"s{i:D6}"), new StreamSettings()));
            creator.Storage.Clear();
        }

        await TimerRounds.SettleAsync(service, service.Start());
        table.Title(string.Create(CultureInfo.InvariantCulture, $"{sizes.Streams:N0} streams, nothing due: a round of each timer"));
        SimulatedProcess timers = service.Start();
        int queries = (2 * ScaleRun.Pages(sizes.Streams, RowsPerQuery)) + 5;
        int folders = ScaleRun.Pages(sizes.Streams, 5_000) + 2;
        foreach ((MaintenanceWork work, int daily) in TimerRounds.Daily)
        {
            int bound = queries + (work == MaintenanceWork.Sweep ? folders : 0);
            await table.MeasureAsync($"{work}, {daily} a day", bound, timers, () => TimerRounds.RunAsync(timers, work));
        }

        int rounds = TimerRounds.Daily.Sum(t => t.Daily);
        CallCounts day = await table.MeasureAsync(
            $"a day: {rounds} rounds", (rounds * queries) + folders, timers, () => TimerRounds.RunDayAsync(service, timers));
        table.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"per idle stream and day: {(double)day.All / sizes.Streams:0.00} calls, {day.Dollars / sizes.Streams:0.000000000} dollars"));
        await UsedAsync(service, streams, table, queries);
    });

    private static async Task UsedAsync(SimulatedService service, List<StreamDescription> streams, ScaleTable table, int queries)
    {
        SimulatedProcess writer = service.Start();
        int used = streams.Count / 100;
        foreach (StreamDescription stream in streams.Take(used))
        {
            await writer.AppendAsync(stream, 0);
        }

        await service.PassAsync(TimeSpan.FromMinutes(5));
        SimulatedProcess timers = service.Start();
        int bound = queries + (used * 9);
        await table.MeasureAsync($"Checkpoint, {used} streams were used", bound, timers, () => TimerRounds.RunAsync(timers, MaintenanceWork.Checkpoint));
    }
}
