using System.Globalization;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Read;

namespace Headwater.Benchmarks.Scale;

/// <summary>A partition of very many segments.</summary>
internal static class LongPartition
{
    private const int BlobsPerListing = 5_000;

    private const int EventsPerSegment = 10;

    public static void Run(ScaleSizes sizes, ScaleTable table) => SimulatedService.Play(async service =>
    {
        SimulatedProcess writer = service.Start();
        StreamDescription stream = await writer.CreateAsync("long", new StreamSettings { Codec = BlockCodec.Null });
        await StoredSegments.WriteAsync(service, stream, sizes.Segments, EventsPerSegment);
        table.Title(string.Create(CultureInfo.InvariantCulture, $"a partition of {sizes.Segments:N0} segments"));
        int listing = ScaleRun.Pages((2 * sizes.Segments) + 5, BlobsPerListing);
        await AppendsAsync(service, stream, table, listing);
        await ReadsAsync(service, stream, table, listing, sizes.Segments);
        await MaintenanceAsync(service, stream, table, listing, sizes.Segments);
    });

    private static async Task AppendsAsync(SimulatedService service, StreamDescription stream, ScaleTable table, int listing)
    {
        SimulatedProcess first = service.Start();
        await table.MeasureAsync("cold append without a checkpoint", listing + 8, first, () => first.AppendAsync(stream, 0));
        await first.Log.DrainAsync(CancellationToken.None);
        SimulatedProcess cold = service.Start();
        await table.MeasureAsync("cold append with a checkpoint", 6, cold, () => cold.AppendAsync(stream, 0));
        await table.MeasureAsync("warm append", 1, cold, () => cold.AppendAsync(stream, 0));
        SimulatedProcess rolling = service.Start(LogOptions.Default with { SegmentAppends = 1 });
        await table.MeasureAsync("cold append that begins a segment", listing + 16, rolling, () => rolling.AppendAsync(stream, 0));
    }

    private static async Task ReadsAsync(SimulatedService service, StreamDescription stream, ScaleTable table, int listing, int segments)
    {
        foreach ((string place, long offset) in ((string, long)[])[("start", 0), ("middle", segments / 2L * EventsPerSegment)])
        {
            SimulatedProcess cold = service.Start();
            await table.MeasureAsync($"cold read at the {place}", listing + 8, cold, () => cold.ReadAsync(stream, 0, ReadFrom.At(new Offset(offset))));
            await table.MeasureAsync("  next segment", 3, cold, () => cold.ReadAsync(stream, 0, ReadFrom.At(new Offset(offset + (100 * EventsPerSegment)))));
            await service.PassAsync(TimeSpan.FromMinutes(2));
            await table.MeasureAsync(
                "  two minutes later", listing + 4, cold, () => cold.ReadAsync(stream, 0, ReadFrom.At(new Offset(offset + (200 * EventsPerSegment)))));
        }

        SimulatedProcess latest = service.Start();
        await table.MeasureAsync("cold read of latest", 6, latest, () => latest.ReadAsync(stream, 0, ReadFrom.Latest));
        SimulatedProcess positions = service.Start();
        await table.MeasureAsync("GET …/partitions, cold", listing + 6, positions, () => positions.Log.PositionsAsync(stream, CancellationToken.None));
    }

    private static async Task MaintenanceAsync(SimulatedService service, StreamDescription stream, ScaleTable table, int listing, int segments)
    {
        await service.PassAsync(TimeSpan.FromMinutes(6));
        SimulatedProcess timers = service.Start();
        foreach (MaintenanceWork work in (MaintenanceWork[])[MaintenanceWork.Checkpoint, MaintenanceWork.Seal])
        {
            await table.MeasureAsync($"{work}", 20, timers, () => TimerRounds.RunAsync(timers, work));
        }

        await table.MeasureAsync("Compact", (3 * listing) + 20, timers, () => TimerRounds.RunAsync(timers, MaintenanceWork.Compact));
        await table.MeasureAsync("Sweep", (4 * listing) + 20, timers, () => TimerRounds.RunAsync(timers, MaintenanceWork.Sweep));
    }
}
