using System.Text;
using Headwater.Client.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace Headwater.Client.Tests;

/// <summary>Views in SQLite.</summary>
public sealed class SqliteViewTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("headwater-sqlite").FullName;

    private readonly FakeLog _log = new(seed: 11);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_and_offsets_are_there_after_a_restart()
    {
        Fill(100);
        await using (View<string, Flight> first = await StartAsync(new SqliteStorage(_folder)))
        {
            Assert.Equal(10, first.Count);
        }

        int served = _log.Served;
        _log.Append("s", "late", Value(7));
        await using View<string, Flight> view = await StartAsync(new SqliteStorage(_folder));

        Assert.Equal(RebuildReason.None, view.Origin.Reason);
        Assert.Equal(1 + 2, _log.Served - served); // The newest event of each partition is read again, to see that it is the same one.
        Assert.Equal(11, view.Count);
        Assert.Equal(99, view.Get("k9")!.Delay);
        Assert.Equal(["k8", "k9", "late"], view.From("k8").Select(r => r.Key));
        Assert.Equal(["k2", "k3"], view.Range("k2", "k4").Select(r => r.Key));
    }

    [Fact]
    public async Task The_rows_can_be_read_with_SQL()
    {
        Fill(100);
        var storage = new SqliteStorage(_folder);
        await using View<string, Flight> view = await StartAsync(storage);

        using SqliteConnection sql = storage.OpenReadOnly();
        using SqliteCommand sum = sql.CreateCommand();
        sum.CommandText = "SELECT SUM(json_extract(value, '$.delay')) FROM flights WHERE key <> 'k0'";

        Assert.Equal((long)Enumerable.Range(91, 9).Sum(), sum.ExecuteScalar());
    }

    [Fact]
    public async Task A_read_shows_one_commit_while_others_follow()
    {
        Fill(100);
        await using View<string, Flight> view = await StartAsync(new SqliteStorage(_folder));

        using IEnumerator<KeyValuePair<string, Flight>> rows = view.Scan().GetEnumerator();
        Assert.True(rows.MoveNext());
        await view.WaitForAsync(_log.Append("s", "k9", Value(1_000)), Cancellation);
        while (rows.MoveNext() && rows.Current.Key != "k9")
        {
        }

        Assert.Equal(99, rows.Current.Value.Delay);
        Assert.Equal(1_000, view.Get("k9")!.Delay);
    }

    [Fact]
    public async Task Keys_keep_every_character_and_the_order_of_their_bytes()
    {
        string[] keys = ["", "\0", "a", "a\0b", "a\0c", "\"'", "ß", "\uffee", "😀"];
        _log.Create("s", 2, isEntity: false);
        foreach (string key in keys)
        {
            _log.Append("s", "k", $"{{\"origin\":{System.Text.Json.JsonSerializer.Serialize(key)},\"delay\":1}}");
        }

        foreach (ViewStorage storage in new[] { new SqliteStorage(_folder), ViewStorage.InMemory() })
        {
            await using View<string, long> view = await Stream().Count(ViewKeys.Text, e => e.Value!.Origin).StartAsync(Options(storage), Cancellation);

            Assert.Equal(keys.OrderBy(k => Convert.ToHexString(Encoding.UTF8.GetBytes(k)), StringComparer.Ordinal), view.Scan().Select(r => r.Key));
            Assert.All(keys, k => Assert.Equal(1, view.Get(k)));
        }
    }

    [Fact]
    public async Task Number_keys_are_in_numeric_order()
    {
        long[] keys = [long.MinValue, -1_000, -1, 0, 9, 10, long.MaxValue];
        _log.Create("s", 1, isEntity: false);
        foreach (long key in keys)
        {
            _log.Append("s", "k", $"{{\"origin\":\"{key}\",\"delay\":1}}");
        }

        await using View<long, long> view = await Stream()
            .Count(ViewKeys.Number, e => long.Parse(e.Value!.Origin, System.Globalization.CultureInfo.InvariantCulture))
            .StartAsync(Options(new SqliteStorage(_folder)), Cancellation);

        Assert.Equal(keys, view.Scan().Select(r => r.Key));
        Assert.Equal([-1, 0, 9], view.Range(-5, 10).Select(r => r.Key));
    }

    [Fact]
    public async Task A_damaged_database_causes_a_rebuild()
    {
        Fill(10);
        await using (View<string, Flight> first = await StartAsync(new SqliteStorage(_folder)))
        {
        }

        string database = Directory.GetFiles(_folder, "*.db").Single();
        await File.WriteAllTextAsync(database, string.Concat(Enumerable.Repeat("This is not a database. ", 100)), Cancellation);
        await using View<string, Flight> view = await StartAsync(new SqliteStorage(_folder));

        Assert.Equal(RebuildReason.NothingStored, view.Origin.Reason);
        Assert.Contains("is damaged", view.Origin.Message, StringComparison.Ordinal);
        Assert.Equal(10, view.Count);
    }

    [Fact]
    public async Task A_damaged_page_of_a_database_causes_a_rebuild()
    {
        _log.Create("s", 1, isEntity: true);
        Enumerable.Range(0, 1_000).ToList().ForEach(i => _log.Append("s", $"k{i:D4}", Value(i)));
        await using (View<string, Flight> first = await StartAsync(new SqliteStorage(_folder)))
        {
        }

        await using (var database = new FileStream(Directory.GetFiles(_folder, "*.db").Single(), FileMode.Open))
        {
            database.Position = 2 * 4_096; // The schema and the positions are in the first two pages.
            database.Write(Enumerable.Repeat((byte)0x5A, (int)(database.Length - database.Position)).ToArray());
        }

        _log.Append("s", "k0500", Value(7));
        await using View<string, Flight> view = await StartAsync(new SqliteStorage(_folder));

        Assert.Equal(RebuildReason.NothingStored, view.Origin.Reason);
        Assert.Equal(1_000, view.Count);
        Assert.Equal(7, view.Get("k0500")!.Delay);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_causes_a_rebuild()
    {
        _log.Create("s", 1, isEntity: false);
        _log.Append("s", "a", Value(1));
        ViewDefinition<string, Flight> sum = Stream().Fold<Flight, Flight>(
            ValueSerializers.Of(FlightJson.Default.Flight), (before, e) => new Flight("ABQ", (before?.Delay ?? 0) + e.Value!.Delay));
        await using (View<string, Flight> first = await sum.StartAsync(Options(new SqliteStorage(_folder)), Cancellation))
        {
        }

        using (var sql = new SqliteConnection($"Data Source={Directory.GetFiles(_folder, "*.db").Single()};Pooling=False"))
        {
            sql.Open();
            using SqliteCommand update = sql.CreateCommand();
            update.CommandText = "UPDATE flights SET value = '[broken'";
            Assert.Equal(1, update.ExecuteNonQuery());
        }

        _log.Append("s", "a", Value(2));
        await using View<string, Flight> view = await sum.StartAsync(Options(new SqliteStorage(_folder)), Cancellation);

        Assert.Equal(RebuildReason.NothingStored, view.Origin.Reason);
        Assert.Equal(3, view.Get("a")!.Delay);
    }

    [Fact]
    public async Task The_rows_of_another_version_are_built_again()
    {
        Fill(10);
        await using (View<string, Flight> first = await StartAsync(new SqliteStorage(_folder)))
        {
        }

        await using View<string, Flight> view = await Stream().Latest().StartAsync(Options(new SqliteStorage(_folder)) with { Version = 2 }, Cancellation);

        Assert.Equal(RebuildReason.OtherVersion, view.Origin.Reason);
        Assert.Equal(10, view.Count);
    }

    [Fact]
    public async Task An_expired_tombstone_causes_a_rebuild()
    {
        Fill(10);
        await using (View<string, Flight> first = await StartAsync(new SqliteStorage(_folder), new FakeTimeProvider(_log.Now)))
        {
        }

        int partition = _log.Append("s", "k0", null).Partition.Value;
        long deleted = _log.Append("s", "k0", null).Offset.Value;
        _log.Append("s", "k2", Value(1));
        _log.Compact("s", partition, offset => offset <= deleted);

        await using View<string, Flight> view = await StartAsync(new SqliteStorage(_folder), new FakeTimeProvider(_log.Now.AddDays(2)));

        Assert.Equal(RebuildReason.TombstonesExpired, view.Origin.Reason);
        Assert.False(view.TryGet("k0", out _));
    }

    [Fact]
    public async Task The_folder_of_another_view_is_refused_and_left_as_it_is()
    {
        Fill(10);
        await using (View<string, Flight> first = await StartAsync(new SqliteStorage(_folder)))
        {
        }

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => Stream().Latest().StartAsync(Options(new SqliteStorage(_folder)) with { Name = "other" }, Cancellation));

        await using View<string, Flight> again = await StartAsync(new SqliteStorage(_folder));
        Assert.Equal(RebuildReason.None, again.Origin.Reason);
    }

    [Theory]
    [InlineData("sqlite_flights")]
    [InlineData("headwater_state")]
    public async Task A_view_may_have_a_name_that_SQLite_or_the_storage_keeps_for_itself(string name)
    {
        Fill(10);

        await using View<string, Flight> view = await Stream().Latest().StartAsync(Options(new SqliteStorage(_folder)) with { Name = name }, Cancellation);

        Assert.Equal(10, view.Count);
    }

    [Fact]
    public async Task A_stream_that_is_created_again_leaves_one_database()
    {
        Fill(10);
        await using (View<string, Flight> view = await StartAsync(new SqliteStorage(_folder)))
        {
            _log.Create("s", 2, isEntity: true);
            _log.Append("s", "new", Value(1));
            while (!view.TryGet("new", out _))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), Cancellation);
            }

            Assert.Equal(1, view.Count);
        }

        Assert.Equal("000002.db", Path.GetFileName(Assert.Single(Directory.GetFiles(_folder, "*.db"))));
    }

    [Fact]
    public async Task A_folder_is_used_by_one_view_at_a_time()
    {
        Fill(10);
        await using (View<string, Flight> first = await StartAsync(new SqliteStorage(_folder)))
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(new SqliteStorage(_folder)));
            Assert.Equal(10, first.Count);
        }

        await using View<string, Flight> next = await StartAsync(new SqliteStorage(_folder));
        Assert.Equal(RebuildReason.None, next.Origin.Reason);
    }

    [Fact]
    public async Task A_durable_storage_takes_no_snapshots()
    {
        Fill(1);

        await Assert.ThrowsAsync<ArgumentException>(() =>
            Stream().Latest().StartAsync(Options(new SqliteStorage(_folder)) with { Snapshots = SnapshotStore.InFolder(_folder) }, Cancellation));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static ViewOptions Options(ViewStorage storage) => new() { Name = "flights", Version = 1, Storage = storage };

    private static string Value(int delay) => $"{{\"origin\":\"ABQ\",\"delay\":{delay}}}";

    private void Fill(int events)
    {
        _log.Create("s", 2, isEntity: true);
        for (int i = 0; i < events; i++)
        {
            _log.Append("s", $"k{i % 10}", Value(i));
        }
    }

    private EventStream<Flight> Stream(TimeProvider? time = null) => _log.NewClient(time).Stream("s", FlightJson.Default.Flight);

    private Task<View<string, Flight>> StartAsync(ViewStorage storage, TimeProvider? time = null) =>
        Stream(time).Latest().StartAsync(Options(storage), Cancellation);
}
