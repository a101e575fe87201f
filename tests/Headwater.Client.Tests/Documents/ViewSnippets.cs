using System.ComponentModel;
using System.Text.Json.Serialization;
using Headwater.Client.Sqlite;
using Microsoft.Data.Sqlite;

#pragma warning disable xUnit1051 // The documents' snippets have no test token.
namespace Headwater.Client.Tests;

/// <summary>The snippets of the pages on views and verifying, run against a local host.</summary>
public sealed class ViewSnippets(RunningLog log) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("headwater-documents").FullName;

    [Fact]
    public async Task The_pages_on_views_and_verifying_run()
    {
        string folder = _folder;
        using var client = new HeadwaterClient(log.Address);
        EventStream<Departure> departures = client.Stream("view-departures", DepartureJson.Default.Departure);
        await departures.EnsureAsync(new StreamSettings { Partitions = 2 });
        await departures.AppendAsync([new("1", new("ABQ", 1)), new("2", new("ABQ", null))]);
        EventStream<Airport> airports = client.Stream("airports", AirportJson.Default.Airport);
        await airports.EnsureAsync(new StreamSettings { IsEntity = true, Partitions = 4 });
        await using View<string, Airport> view = await airports.Latest().StartAsync(new ViewOptions { Name = "airports", Version = 1 });
        Airport? albuquerque = view.Get("ABQ");
        foreach ((string code, Airport airport) in view.Range("A", "C"))
        {
            Console.WriteLine($"{code} {airport.Name}");
        }

        ViewDefinition<string, long> flights = departures.Count(ViewKeys.Text, departure => departure.Value!.Origin);
        ViewDefinition<string, AirportLine> lines = airports.Latest().Join(
            flights,
            AirportJson.Default.AirportLine,
            (code, airport, count) => airport is null ? null : new AirportLine(code, airport.Name, count));
        await using View<string, AirportLine> joined = await lines.StartAsync(new ViewOptions { Name = "lines", Version = 1 });
        AppendResult appended = await airports.AppendAsync([new("SFO", new Airport("San Francisco"))]);
        await view.WaitForAsync(appended);
        await joined.WaitForAsync("airports", appended);

        Assert.Null(albuquerque);
        Assert.Equal("San Francisco", view.Get("SFO")!.Name);
        Assert.Equal([new("SFO", new AirportLine("SFO", "San Francisco", 0))], joined.Scan());
        await ChangeAsync(airports, view);
        await VerifyAsync(airports, view);

        var inMemory = new ViewOptions { Name = "airports", Version = 1, Snapshots = SnapshotStore.InFolder(folder) };
        var storage = new SqliteStorage(Path.Combine(folder, "airports"));
        var inSqlite = new ViewOptions { Name = "airports", Version = 1, Storage = storage };
        await using View<string, Airport> first = await airports.Latest().StartAsync(inMemory);
        await using View<string, Airport> second = await airports.Latest().StartAsync(inSqlite);
        Assert.Equal(first.Scan(), second.Scan());
    }

    [Fact]
    public async Task The_page_of_the_SQLite_package_runs()
    {
        string folder = _folder;
        EventStream<Flight> flights = log.NewFlights();
        await flights.EnsureAsync();
        var storage = new SqliteStorage(folder);
        var options = new ViewOptions { Name = "flights", Version = 1, Storage = storage };
        await using View<string, Flight> view = await flights.Latest().StartAsync(options);
        using SqliteConnection sql = storage.OpenReadOnly();

        Assert.Equal(System.Data.ConnectionState.Open, sql.State);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task ChangeAsync(EventStream<Airport> airports, View<string, Airport> view)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task following = Task.Run(async () =>
        {
            await foreach (ViewChange<string, Airport> change in view.ChangesAsync(stop.Token))
            {
                Console.WriteLine(change.IsReset ? "read all rows again" : $"{change.Key} is now {change.Value}");
                break;
            }
        });
        while (!following.IsCompleted)
        {
            await view.WaitForAsync(await airports.AppendAsync([new("SEA", new Airport("Seattle"))]));
        }

        RebuildReport<string, Airport> report = await view.RebuildAsync(new RebuildOptions<string, Airport>
        {
            Accept = differences => differences.Missing + differences.Extra + differences.Different == 0,
        });
        Console.WriteLine($"{report.TookOver}: {report.Comparison}");

        await following;
        Assert.True(report.TookOver);
    }

    private static async Task VerifyAsync(EventStream<Airport> airports, View<string, Airport> view)
    {
        static async IAsyncEnumerable<(string, Airport)> AirportsOfTheTowerAsync()
        {
            await Task.Yield();
            yield return ("SFO", new Airport("San Francisco"));
            yield return ("OAK", new Airport("Oakland"));
        }

        using var database = new SqliteConnection("Data Source=:memory:");
        database.Open();
        using SqliteCommand fill = database.CreateCommand();
        fill.CommandText = "CREATE TABLE airports (code TEXT, name TEXT); INSERT INTO airports VALUES ('SFO', 'San Francisco'), ('SEA', 'Tacoma')";
        fill.ExecuteNonQuery();

        VerifyReport<string, Airport> ofView = await view.VerifyAsync(AirportsOfTheTowerAsync());
        VerifyReport<string, Airport> ofStream = await airports.VerifyLatestAsync(AirportsOfTheTowerAsync());
        Console.WriteLine($"{ofView.Missing} missing, {ofView.Extra} extra, {ofView.Different} different, {ofView.Equal} equal");
        IAsyncEnumerable<(string, Airport)> rows = SourceRows.QueryAsync(
            database, "SELECT code, name FROM airports", row => (row.GetString(0), new Airport(row.GetString(1))));
        VerifyReport<string, Airport> ofQuery = await view.VerifyAsync(rows, new VerifyOptions<Airport> { Samples = 100 });

        Assert.Equal((1, 1, 1), (ofView.Equal, ofView.Missing, ofView.Extra));
        Assert.Equal((1, 1, 1), (ofStream.Equal, ofStream.Missing, ofStream.Extra));
        Assert.Equal((1, 0, 0, 1), (ofQuery.Equal, ofQuery.Missing, ofQuery.Extra, ofQuery.Different));
    }
}

[Description("An airport.")]
public sealed record Airport(string Name);

public sealed record AirportLine(string Code, string Name, long Departures);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Airport))]
[JsonSerializable(typeof(AirportLine))]
internal sealed partial class AirportJson : JsonSerializerContext;
