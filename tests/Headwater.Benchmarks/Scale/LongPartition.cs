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

    /// <summary>Listings of more segments than this are used for more than two minutes.</summary>
    private const int ManySegments = 5_000;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(10);

    public static void Run(ScaleSizes sizes, ScaleTable table) => SimulatedService.Play(async service =>
    {
        SimulatedProcess writer = service.Start();
        StreamDescription stream = await writer.CreateAsync(
            "long", new StreamSettings { Codec = BlockCodec.Null, Retention = new RetentionSettings(Kept, null) });
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
        foreach ((string place, int segment) in ((string, int)[])[("start", 0), ("middle", segments / 2)])
        {
            SimulatedProcess cold = service.Start();
            Task ReadAsync(int at) => cold.ReadAsync(stream, 0, ReadFrom.At(new Offset((long)at * EventsPerSegment)), EventsPerSegment);
            await table.MeasureAsync($"cold read of a segment at the {place}", listing + 6, cold, () => ReadAsync(segment));
            await table.MeasureAsync("  of another segment", 3, cold, () => ReadAsync(segment + 100));
            await service.PassAsync(TimeSpan.FromMinutes(2));
            int again = segments > ManySegments ? 3 : listing + 3;
            await table.MeasureAsync("  of another, two minutes later", again, cold, () => ReadAsync(segment + 200));
        }

        SimulatedProcess latest = service.Start();
        await table.MeasureAsync("cold read of latest", 4, latest, () => latest.ReadAsync(stream, 0, ReadFrom.Latest, EventsPerSegment));
        SimulatedProcess time = service.Start();
        int steps = (int)Math.Ceiling(Math.Log2(segments));
        await table.MeasureAsync(
            "cold read by time", listing + (2 * steps) + 6, time, () => time.ReadAsync(stream, 0, ReadFrom.Since(new UnixMicros(1)), EventsPerSegment));
        SimulatedProcess positions = service.Start();
        await table.MeasureAsync("GET …/partitions, cold", listing + 5, positions, () => positions.Log.PositionsAsync(stream, CancellationToken.None));
    }

    private static async Task MaintenanceAsync(SimulatedService service, StreamDescription stream, ScaleTable table, int listing, int segments)
    {
        await service.PassAsync(TimeSpan.FromMinutes(6));
        int steps = (int)Math.Ceiling(Math.Log2(segments));
        SimulatedProcess timers = service.Start();
        await table.MeasureAsync("Checkpoint", 12, timers, () => TimerRounds.RunAsync(timers, MaintenanceWork.Checkpoint));
        await table.MeasureAsync("Seal", 10, timers, () => TimerRounds.RunAsync(timers, MaintenanceWork.Seal));
        await table.MeasureAsync("Retain, nothing has expired", listing + 12, timers, () => TimerRounds.RunAsync(timers, MaintenanceWork.Retain));
        await table.MeasureAsync("Compact, nothing is old enough", listing + steps + 12, timers, () => TimerRounds.RunAsync(timers, MaintenanceWork.Compact));
        await table.MeasureAsync("Sweep", listing + 16, timers, () => TimerRounds.RunAsync(timers, MaintenanceWork.Sweep));
        await service.PassAsync(TimeSpan.FromDays(12));
        await table.MeasureAsync("Retain, all have expired", listing + steps + 14, timers, () => TimerRounds.RunAsync(timers, MaintenanceWork.Retain));
    }
}
