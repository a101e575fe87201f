using System.Globalization;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using Headwater.LocalHost.Npm;

namespace Headwater.LocalHost.Demo;

internal sealed record Airport(string Iata, string Name, string City, string State, string Country, double Latitude, double Longitude);

internal sealed record Flight(string Date, int Delay, int Distance, string Origin, string Destination);

internal sealed record Delay(int Minutes, int Distance, double Time);

/// <summary>The real data of the npm package <c>vega-datasets</c>: US airports, flights of 2001 between them, and delays.</summary>
internal sealed record DemoData(IReadOnlyList<Airport> Airports, IReadOnlyList<Flight> Flights, IReadOnlyList<Delay> Delays)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The airports that the demo deletes: two without flights in the data, and three with 20 flights in total.</summary>
    public static IReadOnlyList<string> Closed { get; } = ["00M", "35A", "BGR", "EGE", "ORH"];

    public static async Task<DemoFiles> InstallAsync(TextWriter output, CancellationToken cancellation)
    {
        NpmProject package = NpmProject.Find("demo", "vega-datasets, the demo's data,", TimeProvider.System);
        await package.EnsureInstalledAsync(output, cancellation);
        return new DemoFiles(package.PathOf("node_modules", "vega-datasets", "data"));
    }

    public static async Task<DemoData> LoadAsync(DemoFiles files, CancellationToken cancellation) => new(
        ReadAirports(files.Airports),
        await ReadAsync<Flight>(files.Flights, cancellation),
        [.. (await ReadAsync<DelayRow>(files.Delays, cancellation)).Select(d => new Delay(d.Delay, d.Distance, d.Time))]);

    private static List<Airport> ReadAirports(string file)
    {
        CsvConfiguration configuration = new(CultureInfo.InvariantCulture) { PrepareHeaderForMatch = header => header.Header.ToUpperInvariant() };
        using StreamReader reader = new(file);
        using CsvReader csv = new(reader, configuration);
        return [.. csv.GetRecords<Airport>()];
    }

    private static async Task<List<T>> ReadAsync<T>(string file, CancellationToken cancellation)
    {
        await using FileStream stream = File.OpenRead(file);
        return await JsonSerializer.DeserializeAsync<List<T>>(stream, Json, cancellation) ?? throw new InvalidDataException($"{file} does not contain a list.");
    }

    private sealed record DelayRow(int Delay, int Distance, double Time);
}

/// <summary>The files of the data.</summary>
internal sealed record DemoFiles(string Folder)
{
    public string Airports => Path.Combine(Folder, "airports.csv");

    public string Flights => Path.Combine(Folder, "flights-20k.json");

    public string Delays => Path.Combine(Folder, "flights-200k.json");
}
