using System.Text.Json.Serialization;
using Headwater.Client.Sqlite;

namespace Headwater.Client.Tests;

/// <summary>Joins: whatever the order in which both sides are read, the rows are those that the latest states of both sides give.</summary>
public sealed class JoinTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("headwater-joins").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, 150)]
    [InlineData(true, 25)]
    public async Task Every_interleaving_gives_the_rows_of_the_latest_states(bool isSqlite, int rounds)
    {
        int first = int.Parse(Environment.GetEnvironmentVariable("HEADWATER_JOIN_SEED") ?? "1", System.Globalization.CultureInfo.InvariantCulture);
        for (int seed = first; seed < first + rounds; seed++)
        {
            TestContext.Current.TestOutputHelper!.WriteLine($"HEADWATER_JOIN_SEED={seed}");
            var model = new Model(seed);
            ViewStorage Storage(string name) => isSqlite ? new SqliteStorage(Path.Combine(_folder, $"{name}{seed}")) : ViewStorage.InMemory();

            model.Change(40);
            await using View<string, Line> live = await model.Definition().StartAsync(Options(Storage("live")), Cancellation);
            for (int i = 0; i < 5; i++)
            {
                model.Change(20);
                if (i % 2 == 0)
                {
                    await live.WaitForEndAsync(Cancellation);
                }
            }

            await live.WaitForEndAsync(Cancellation);
            await using View<string, Line> rebuilt = await model.Definition().StartAsync(Options(Storage("rebuilt")), Cancellation);

            KeyValuePair<string, Line>[] expected = [.. model.Expected()];
            Assert.True(expected.SequenceEqual(live.Scan()), $"The live view differs with seed {seed}.");
            Assert.True(expected.SequenceEqual(rebuilt.Scan()), $"The rebuilt view differs with seed {seed}.");
        }
    }

    [Fact]
    public async Task A_change_of_the_named_row_changes_every_row_that_names_it()
    {
        var log = new FakeLog(seed: 3);
        var model = new Model(log);
        model.Set("orders", "o1", new Thing("ann", 1));
        model.Set("orders", "o2", new Thing("ann", 2));
        model.Set("orders", "o3", new Thing("bob", 3));
        await using View<string, Line> view = await model.Definition().StartAsync(Options(ViewStorage.InMemory()), Cancellation);
        model.Set("orders", "o3", new Thing("bob", 4));
        await view.WaitForEndAsync(Cancellation); // The changes of a commit after the first are told one by one.
        await using IAsyncEnumerator<ViewChange<string, Line>> changes = view.ChangesAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.Null(view.Get("o1")!.Who);

        model.Set("people", "ann", new Thing("Ann", 0));
        await view.WaitForEndAsync(Cancellation);
        Assert.Equal([new("o1", 0, "Ann"), new("o2", 0, "Ann")], [await NextAsync(changes), await NextAsync(changes)]);
        Assert.Equal(["Ann", "Ann", null], view.Scan().Select(r => r.Value.Who));

        model.Set("people", "ann", null);
        await view.WaitForEndAsync(Cancellation);
        Assert.Equal([null, null, null], view.Scan().Select(r => r.Value.Who));
        Assert.Equal([new("o1", 0, null), new("o2", 0, null)], [await NextAsync(changes), await NextAsync(changes)]);
    }

    [Fact]
    public void A_stream_that_is_read_as_two_types_is_refused()
    {
        using HeadwaterClient client = new FakeLog(1).NewClient();
        var graph = new ViewGraph(new MemoryGeneration());
        graph.NodeOf(client.Stream("s", JoinJson.Default.Thing).Latest());

        Assert.Throws<ArgumentException>(() => graph.NodeOf(client.Stream("s", JoinJson.Default.Line).Latest()));
    }

    [Fact]
    public void A_view_of_streams_of_two_clients_is_refused_if_their_names_are_equal()
    {
        using HeadwaterClient one = new FakeLog(1).NewClient();
        using HeadwaterClient other = new FakeLog(2).NewClient();
        var graph = new ViewGraph(new MemoryGeneration());
        graph.NodeOf(one.Stream("s", JoinJson.Default.Thing).Latest());

        Assert.Throws<ArgumentException>(() => graph.NodeOf(other.Stream("s", JoinJson.Default.Thing).Latest()));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<Line?> NextAsync(IAsyncEnumerator<ViewChange<string, Line>> changes)
    {
        Assert.True(await changes.MoveNextAsync());
        return changes.Current.Value;
    }

    private static ViewOptions Options(ViewStorage storage) => new() { Name = "lines", Version = 1, Storage = storage };

    /// <summary>Orders that name people, with notes under the same key as the order; and what the joined rows must be.</summary>
    private sealed class Model
    {
        private static readonly string[] Streams = ["orders", "people", "notes"];

        private readonly FakeLog _log;

        private readonly Random _random;

        private readonly Dictionary<string, Dictionary<string, Thing>> _latest = Streams.ToDictionary(s => s, _ => new Dictionary<string, Thing>());

        public Model(FakeLog log, int seed = 0)
        {
            (_log, _random) = (log, new Random(seed));
            Array.ForEach(Streams, s => log.Create(s, 3, isEntity: true));
        }

        public Model(int seed)
            : this(new FakeLog(seed), seed)
        {
        }

        public ViewDefinition<string, Line> Definition()
        {
            HeadwaterClient client = _log.NewClient();
            ViewDefinition<string, Thing> people = client.Stream("people", JoinJson.Default.Thing).Latest();
            ViewDefinition<string, Thing> notes = client.Stream("notes", JoinJson.Default.Thing).Latest();
            ViewDefinition<string, Thing> noted = client.Stream("orders", JoinJson.Default.Thing).Latest().Join(
                notes, JoinJson.Default.Thing, (_, order, note) => new Thing(order?.Name ?? note!.Name, note?.Amount ?? 0));
            return noted.JoinBy(
                people,
                order => order.Name == "none" ? null : order.Name,
                JoinJson.Default.Line,
                (key, order, person) => order.Amount == 13 ? null : new Line(key, order.Amount, person?.Name));
        }

        /// <summary>Makes random changes: new rows, other names, deletions.</summary>
        public void Change(int count)
        {
            for (int i = 0; i < count; i++)
            {
                string stream = Streams[_random.Next(Streams.Length)];
                string key = stream == "people" ? $"p{_random.Next(4)}" : $"o{_random.Next(8)}";
                string name = _random.Next(5) == 0 ? "none" : $"p{_random.Next(4)}";
                Set(stream, key, _random.Next(4) == 0 ? null : new Thing(name, _random.Next(10, 16)));
            }
        }

        public void Set(string stream, string key, Thing? value)
        {
            _log.Append(stream, key, value is null ? null : $"{{\"name\":\"{value.Name}\",\"amount\":{value.Amount}}}");
            if (value is null)
            {
                _latest[stream].Remove(key);
            }
            else
            {
                _latest[stream][key] = value;
            }
        }

        public IEnumerable<KeyValuePair<string, Line>> Expected() =>
            from key in _latest["orders"].Keys.Union(_latest["notes"].Keys).Order(StringComparer.Ordinal)
            let note = _latest["notes"].GetValueOrDefault(key)
            let named = (_latest["orders"].GetValueOrDefault(key) ?? note!).Name
            where note?.Amount != 13
            select new KeyValuePair<string, Line>(key, new Line(key, note?.Amount ?? 0, _latest["people"].GetValueOrDefault(named)?.Name));
    }
}

public sealed record Thing(string Name, int Amount);

public sealed record Line(string Key, int Amount, string? Who);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Thing))]
[JsonSerializable(typeof(Line))]
internal sealed partial class JoinJson : JsonSerializerContext;
