using System.Globalization;
using System.Text.Json;
using CsvHelper;

namespace Headwater.LocalHost.Demo;

internal sealed record StateDelay(string State, int Flights, double MeanDelay);

/// <param name="Worst">The ten states with the largest mean delay, largest first.</param>
/// <param name="WithoutAirport">The number of flights whose origin is unknown or deleted.</param>
internal sealed record StateReport(IReadOnlyList<StateDelay> Worst, int WithoutAirport)
{
    public bool SameAs(StateReport other) => WithoutAirport == other.WithoutAirport && Worst.SequenceEqual(other.Worst);
}

/// <summary>Computes the states with the largest mean delay, from the log and, to compare, from the files of the data.</summary>
internal static class WorstStates
{
    private const int Listed = 10;

    /// <summary>Materialises the airports (latest event per key, tombstones removed) and joins the flights with them.</summary>
    public static StateReport FromLog(ReadBack airports, ReadBack flights)
    {
        int iata = Field(DemoStream.Airports, "iata");
        int state = Field(DemoStream.Airports, "state");
        int delay = Field(DemoStream.Flights, "delay");
        Dictionary<string, string> states = [];
        foreach (LogEvent airport in airports.Partitions.SelectMany(p => p))
        {
            if (airport.Values is { } values)
            {
                states[(string)values[iata]] = (string)values[state];
            }
            else
            {
                states.Remove(airport.Key!);
            }
        }

        return Report(flights.Partitions.SelectMany(p => p).Select(f => (states.GetValueOrDefault(f.Key!), (long)f.Values![delay])));
    }

    /// <summary>The same result computed without the log.</summary>
    public static StateReport FromFiles(DemoFiles files)
    {
        using StreamReader text = new(files.Airports);
        using CsvReader csv = new(text, CultureInfo.InvariantCulture);
        Dictionary<string, string> states = [];
        csv.Read();
        csv.ReadHeader();
        while (csv.Read())
        {
            states.Add(csv.GetField("iata")!, csv.GetField("state")!);
        }

        foreach (string closed in DemoData.Closed)
        {
            states.Remove(closed);
        }

        using JsonDocument flights = JsonDocument.Parse(File.ReadAllBytes(files.Flights));
        return Report([.. flights.RootElement.EnumerateArray().Select(f =>
            (states.GetValueOrDefault(f.GetProperty("origin").GetString()!), f.GetProperty("delay").GetInt64()))]);
    }

    private static StateReport Report(IEnumerable<(string? State, long Delay)> flights)
    {
        ILookup<string, long> byState = flights.ToLookup(f => f.State ?? "", f => f.Delay);
        StateDelay[] worst =
        [
            .. byState.Where(s => s.Key.Length > 0)
                .Select(s => new StateDelay(s.Key, s.Count(), s.Sum() / (double)s.Count()))
                .OrderByDescending(s => s.MeanDelay).ThenBy(s => s.State, StringComparer.Ordinal)
                .Take(Listed)
        ];
        return new StateReport(worst, byState[""].Count());
    }

    private static int Field(DemoStream stream, string name) => stream.Fields.Select(f => f.Name).ToList().IndexOf(name);
}
