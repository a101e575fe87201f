using Microsoft.Data.Sqlite;

namespace Headwater.Client.Tests;

/// <summary>Comparisons with another source of truth.</summary>
public sealed class VerifyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("headwater-verify").FullName;

    private readonly FakeLog _log = new(seed: 9);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_view_that_equals_its_source_has_no_difference()
    {
        Fill(100);
        await using View<string, Flight> view = await Stream().Latest().StartAsync(new ViewOptions { Name = "v", Version = 1 }, Cancellation);

        VerifyReport<string, Flight> report = await view.VerifyAsync(Rows(100), cancellation: Cancellation);

        Assert.True(report.IsEqual);
        Assert.Equal(100, report.Equal);
    }

    [Fact]
    public async Task Missing_extra_and_different_keys_are_counted_with_samples()
    {
        Fill(100);
        _log.Append("s", "k007", Value(-7));
        _log.Append("s", "k008", null);
        _log.Append("s", "k009", null);
        _log.Append("s", "x", Value(1));
        await using View<string, Flight> view = await Stream().Latest().StartAsync(new ViewOptions { Name = "v", Version = 1 }, Cancellation);
        IAsyncEnumerable<(string, Flight)> source = Rows(100).Concat(Rows(1));

        VerifyReport<string, Flight> ofView = await view.VerifyAsync(source, new VerifyOptions<Flight> { Samples = 1 }, Cancellation);
        VerifyReport<string, Flight> ofStream = await Stream().VerifyLatestAsync(source, new VerifyOptions<Flight> { Samples = 1 }, Cancellation);

        Assert.All([ofView, ofStream], report =>
        {
            Assert.False(report.IsEqual);
            Assert.Equal((97, 2, 1, 1, 1), (report.Equal, report.Missing, report.Extra, report.Different, report.Repeated));
            Assert.Equal(
                [
                    new(DifferenceKind.Different, "k007", new Flight("ABQ", -7), new Flight("ABQ", 7)),
                    new(DifferenceKind.Missing, "k008", null, new Flight("ABQ", 8)),
                    new(DifferenceKind.Extra, "x", new Flight("ABQ", 1), null),
                ],
                report.Samples);
        });
    }

    [Fact]
    public async Task The_program_says_which_values_are_equal()
    {
        Fill(3);
        var options = new VerifyOptions<Flight> { AreEqual = (left, right) => left.Origin == right.Origin };

        Assert.True((await Stream().VerifyLatestAsync(Rows(3, add: 1), options, Cancellation)).IsEqual);
        Assert.Equal(3, (await Stream().VerifyLatestAsync(Rows(3, add: 1), cancellation: Cancellation)).Different);
    }

    [Fact]
    public async Task A_query_of_a_database_is_a_source()
    {
        Fill(10);
        using var database = new SqliteConnection("Data Source=:memory:");
        database.Open();
        using SqliteCommand fill = database.CreateCommand();
        fill.CommandText = "CREATE TABLE flights (id TEXT, delay INTEGER); INSERT INTO flights VALUES ('k000', 0), ('k001', 1), ('k002', 9)";
        fill.ExecuteNonQuery();

        VerifyReport<string, Flight> report = await Stream().VerifyLatestAsync(
            SourceRows.QueryAsync(database, "SELECT id, delay FROM flights", row => (row.GetString(0), new Flight("ABQ", row.GetInt32(1))), Cancellation),
            cancellation: Cancellation);

        Assert.Equal((2, 0, 7, 1), (report.Equal, report.Missing, report.Extra, report.Different));
    }

    [Fact]
    public void Rows_beyond_the_buffer_are_sorted_in_files_which_are_deleted()
    {
        var options = new VerifyOptions<long> { BufferBytes = 16 << 10, Folder = _folder };
        var random = new Random(1);
        var expected = new SortedDictionary<string, long>(StringComparer.Ordinal);
        int added = 0;
        using (var sorter = new RowSorter<long>(NumberValues.Long, options))
        {
            for (int i = 0; i < 30_000; i++)
            {
                string key = $"k{random.Next(15_000)}";
                if (random.Next(5) == 0)
                {
                    sorter.Remove(key);
                    expected.Remove(key);
                }
                else
                {
                    sorter.Add(key, i);
                    expected[key] = i;
                    added++;
                }
            }

            Assert.True(sorter.Files > 128, $"{sorter.Files} files");
            Assert.True(Directory.GetFiles(_folder).Length <= 64);
            Assert.Equal(expected, sorter.Rows());
            Assert.InRange(sorter.Repeated, 1, added - expected.Count);
        }

        Assert.Empty(Directory.GetFiles(_folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Value(int delay) => $"{{\"origin\":\"ABQ\",\"delay\":{delay}}}";

    /// <summary>The rows that <see cref="Fill"/> appends, the last one first.</summary>
    private static async IAsyncEnumerable<(string Key, Flight Value)> Rows(int count, int add = 0)
    {
        for (int i = count - 1; i >= 0; i--)
        {
            await Task.Yield();
            yield return ($"k{i:D3}", new Flight("ABQ", i + add));
        }
    }

    private void Fill(int events)
    {
        _log.Create("s", 3, isEntity: true);
        for (int i = 0; i < events; i++)
        {
            _log.Append("s", $"k{i:D3}", Value(i));
        }
    }

    private EventStream<Flight> Stream() => _log.NewClient().Stream("s", FlightJson.Default.Flight);
}
