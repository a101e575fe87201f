using System.Globalization;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;

namespace Headwater.Benchmarks.Scale;

/// <summary>A stream of very many partitions.</summary>
internal static class WideStream
{
    public static void Run(ScaleSizes sizes, ScaleTable table) => SimulatedService.Play(async service =>
    {
        SimulatedProcess writer = service.Start();
        StreamDescription stream = await writer.CreateAsync(
            "wide", new StreamSettings { Partitions = sizes.Partitions, Retention = new RetentionSettings(TimeSpan.FromDays(30), null) });
        table.Title(string.Create(CultureInfo.InvariantCulture, $"a stream of {sizes.Partitions:N0} partitions"));
        for (int p = 0; p < sizes.Partitions; p++)
        {
            await writer.AppendAsync(stream, p);
        }

        await service.PassAsync(TimeSpan.FromMinutes(6));
        foreach ((MaintenanceWork work, _) in TimerRounds.Daily)
        {
            SimulatedProcess first = service.Start();
            int bound = (sizes.Partitions * 7) + 20;
            await table.MeasureAsync($"{work}, all partitions used, never maintained", bound, first, () => TimerRounds.RunAsync(first, work));
        }

        await TimerRounds.SettleAsync(service, service.Start());
        await service.Start().AppendAsync(stream, 0);
        await service.PassAsync(TimeSpan.FromMinutes(6));
        SimulatedProcess timers = service.Start();
        await table.MeasureAsync(
            "Checkpoint, one partition used", (sizes.Partitions * 2) + 20, timers, () => TimerRounds.RunAsync(timers, MaintenanceWork.Checkpoint));
        SimulatedProcess cold = service.Start();
        await table.MeasureAsync(
            "GET …/partitions, cold", (sizes.Partitions * 2) + 10, cold, () => cold.Log.PositionsAsync(stream, CancellationToken.None));
        await table.MeasureAsync(
            "GET …/partitions, again", (sizes.Partitions * 2) + 10, cold, () => cold.Log.PositionsAsync(stream, CancellationToken.None));
        SimulatedProcess deleter = service.Start();
        await table.MeasureAsync("DELETE", (sizes.Partitions * 3) + 20, deleter, () => deleter.Log.Streams.DeleteAsync(stream.Name, CancellationToken.None));
    });
}
