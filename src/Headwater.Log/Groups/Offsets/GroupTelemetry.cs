using System.Diagnostics.Metrics;
using Headwater.Log.Telemetry;

namespace Headwater.Log.Groups.Offsets;

/// <summary>
/// Lag of consumer groups, under the meter <c>Headwater.Groups</c>, by stream, group and partition. Makes no storage call. The OpenTelemetry SDK keeps 2,000
/// series per metric and merges the rest into one, so only the <see cref="SeriesMax"/> largest are reported.
/// </summary>
internal static class GroupTelemetry
{
    public const int SeriesMax = 1_000;

    private static readonly Meter Meter = new("Headwater.Groups");

    private static readonly LiveObjects<GroupLag> Lags = new();

    static GroupTelemetry()
    {
        Meter.CreateObservableGauge(
            "headwater.group.lag", () => Observe(l => l.Lag, least: 0), "{event}", "Offsets from the committed offset or the log start to the log end.");
        Meter.CreateObservableGauge(
            "headwater.group.lost", () => Observe(l => l.Lost, least: 1), "{event}", "Offsets from the committed offset to the log start; absent if none.");
    }

    public static void Watch(GroupLag lag) => Lags.Add(lag);

    private static IEnumerable<Measurement<long>> Observe(Func<KnownLag, long> value, long least) => Lags.All()
        .SelectMany(l => l.All())
        .Where(l => value(l) >= least)
        .OrderByDescending(value)
        .Take(SeriesMax)
        .Select(l => new Measurement<long>(value(l), new("stream", l.Stream), new("group", l.Group), new("partition", l.Partition)));
}
