using Headwater.Client.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace Headwater.Client.Tests;

/// <summary>Views that are built a second time while they serve.</summary>
public sealed class RebuildTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("headwater-rebuild").FullName;

    private readonly FakeLog _log = new(seed: 5);

    /// <summary>Ends a wait that never would.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<bool> Stores => [false, true];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_rebuild_under_appends_compares_equal_and_takes_over_without_a_missed_read(bool isSqlite)
    {
        _log.Create("s", 3, isEntity: false);
        _log.Append("s", "k0", Value(1));
        await using View<string, long> view = await Stream().Count().StartAsync(Options(isSqlite), Cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task<long> appending = Task.Run(() => AppendAsync(stop.Token), Cancellation);
        Task<long>[] reading = [Task.Run(() => ReadAsync(view, stop.Token), Cancellation), Task.Run(() => ScanAsync(view, stop.Token), Cancellation)];

        for (int i = 0; i < 5; i++)
        {
            RebuildReport<string, long> report = await view.RebuildAsync(cancellation: Cancellation);
            Assert.True(report.TookOver, $"{report.Comparison}");
        }

        await stop.CancelAsync();
        long appended = await appending;
        Assert.All(await Task.WhenAll(reading), reads => Assert.True(reads > 0));
        await view.WaitForEndAsync(Cancellation);
        Assert.Equal(appended + 1, view.Scan().Sum(r => r.Value));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_mended_fold_takes_over_if_the_program_accepts_its_differences(bool isSqlite)
    {
        Fill();
        await using View<string, decimal> view = await Stream().Sum(e => e.Value!.Delay!.Value).StartAsync(Options(isSqlite), Cancellation);
        ViewDefinition<string, decimal> mended = Stream().Sum(e => e.Key == "k1" ? 0 : e.Value!.Delay!.Value);
        var options = new RebuildOptions<string, decimal>
        {
            Definition = mended,
            Version = 2,
            Accept = r => r.Different == 1 && r.Missing == 0 && r.Extra == 0,
        };

        RebuildReport<string, decimal> report = await view.RebuildAsync(options, Cancellation);

        Assert.True(report.TookOver);
        Assert.Equal(9, report.Comparison.Equal);
        Assert.Equal([new(DifferenceKind.Different, "k1", 0m, 460m)], report.Comparison.Samples);
        Assert.Equal(0, view.Get("k1"));
        await view.WaitForAsync(_log.Append("s", "k2", Value(1_000)), Cancellation);
        Assert.Equal(470 + 1_000, view.Get("k2"));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_rebuild_that_the_program_does_not_accept_leaves_the_rows_as_they_are(bool isSqlite)
    {
        Fill();
        await using View<string, decimal> view = await Stream().Sum(e => e.Value!.Delay!.Value).StartAsync(Options(isSqlite), Cancellation);
        var options = new RebuildOptions<string, decimal> { Definition = Stream().Sum(_ => 1), Version = 2 };

        RebuildReport<string, decimal> report = await view.RebuildAsync(options, Cancellation);

        Assert.False(report.TookOver);
        Assert.Equal(10, report.Comparison.Different);
        Assert.Equal(460, view.Get("k1"));
        await view.WaitForAsync(_log.Append("s", "k1", Value(1)), Cancellation);
        Assert.Equal(461, view.Get("k1"));
        Assert.True(Directory.GetFiles(_folder, "*.db").Length <= 1);
    }

    [Fact]
    public async Task A_view_that_has_failed_is_repaired_by_a_rebuild_with_a_mended_fold()
    {
        Fill();
        ViewDefinition<string, decimal> faulty = Stream().Sum(e => e.Value!.Delay == 1_000 ? throw new ArithmeticException() : e.Value.Delay!.Value);
        await using View<string, decimal> view = await faulty.StartAsync(Options(isSqlite: false), Cancellation);
        _log.Append("s", "k1", Value(1_000));
        await Assert.ThrowsAsync<ArithmeticException>(() => view.Completion);
        var mended = new RebuildOptions<string, decimal> { Definition = Stream().Sum(e => e.Value!.Delay!.Value), Version = 2, Accept = _ => true };

        RebuildReport<string, decimal> report = await view.RebuildAsync(mended, Cancellation).WaitAsync(Soon, Cancellation);

        Assert.True(report.TookOver);
        Assert.Equal([new(DifferenceKind.Different, "k1", 1_460m, 460m)], report.Comparison.Samples);
        Assert.False(view.Completion.IsCompleted);
        await view.WaitForAsync(_log.Append("s", "k1", Value(1)), Cancellation);
        Assert.Equal(1_461, view.Get("k1"));
    }

    [Fact]
    public async Task A_rebuild_ends_if_the_stream_was_replaced_and_the_rows_that_serve_do_not_know_it_yet()
    {
        Fill();
        await using View<string, decimal> view = await Stream().Sum(_ => 1).StartAsync(Options(isSqlite: false), Cancellation);
        string replaced = _log.IdOf("s");
        var late = new TaskCompletionSource();
        _log.BeforeRead = id => id == replaced ? late.Task : Task.CompletedTask;
        _log.Create("s", 3, isEntity: false);
        _log.Append("s", "k1", Value(1));

        HeadwaterException failed = await Assert.ThrowsAsync<HeadwaterException>(
            () => view.RebuildAsync(cancellation: Cancellation).WaitAsync(Soon, Cancellation));
        late.SetResult();

        Assert.Equal(HeadwaterException.ViewOutdated, failed.Code);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_read_that_stays_open_delays_no_rebuild_and_shows_its_rows_to_the_end(bool isSqlite)
    {
        Fill();
        await using View<string, decimal> view = await Stream().Sum(_ => 1).StartAsync(Options(isSqlite), Cancellation);
        using IEnumerator<KeyValuePair<string, decimal>> open = view.Scan().GetEnumerator();
        Assert.True(open.MoveNext());

        RebuildReport<string, decimal> report = await view.RebuildAsync(cancellation: Cancellation).WaitAsync(Soon, Cancellation);

        Assert.True(report.TookOver);
        int left = 0;
        while (open.MoveNext())
        {
            left++;
        }

        Assert.Equal(9, left);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_read_that_stays_open_delays_the_end_of_a_view_by_seconds_at_most(bool isSqlite)
    {
        Fill();
        var time = new FakeTimeProvider(_log.Now);
        View<string, decimal> view = await _log.NewClient(time).Stream("s", FlightJson.Default.Flight).Sum(_ => 1).StartAsync(Options(isSqlite), Cancellation);
        using IEnumerator<KeyValuePair<string, decimal>> open = view.Scan().GetEnumerator();
        Assert.True(open.MoveNext());

        Task ended = view.DisposeAsync().AsTask();
        for (int i = 0; i < 100 && !ended.IsCompleted; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
        }

        await ended.WaitAsync(TimeSpan.FromSeconds(1), Cancellation);
        Assert.True(open.MoveNext());
    }

    [Fact]
    public async Task Another_definition_needs_another_version()
    {
        Fill();
        await using View<string, decimal> view = await Stream().Sum(_ => 1).StartAsync(Options(isSqlite: false), Cancellation);

        await Assert.ThrowsAsync<ArgumentException>(() =>
            view.RebuildAsync(new RebuildOptions<string, decimal> { Definition = Stream().Sum(_ => 2) }, Cancellation));
    }

    [Fact]
    public async Task Rows_that_took_over_are_opened_after_a_restart()
    {
        Fill();
        await using (View<string, decimal> view = await Stream().Sum(_ => 1).StartAsync(Options(isSqlite: true), Cancellation))
        {
            var options = new RebuildOptions<string, decimal> { Definition = Stream().Sum(_ => 2), Version = 2, Accept = _ => true };
            await view.RebuildAsync(options, Cancellation);
        }

        int served = _log.Served;
        await using View<string, decimal> again = await Stream().Sum(_ => 2).StartAsync(Options(isSqlite: true) with { Version = 2 }, Cancellation);

        Assert.Equal(RebuildReason.None, again.Origin.Reason);
        Assert.Equal(3, _log.Served - served); // The newest event of each partition, to see that it is the same one.
        Assert.Equal(20, again.Get("k1"));
        Assert.Single(Directory.GetFiles(_folder, "*.db"));
    }

    [Fact]
    public async Task A_program_that_follows_changes_is_asked_to_read_again_after_a_take_over()
    {
        Fill();
        await using View<string, decimal> view = await Stream().Sum(_ => 1).StartAsync(Options(isSqlite: false), Cancellation);
        await view.WaitForAsync(_log.Append("s", "k1", Value(1)), Cancellation);
        await using IAsyncEnumerator<ViewChange<string, decimal>> changes = view.ChangesAsync(Cancellation).GetAsyncEnumerator(Cancellation);

        _log.Append("s", "k1", Value(1));
        Assert.True(await changes.MoveNextAsync());
        Assert.Equal(new ViewChange<string, decimal>("k1", true, 12), changes.Current);
        await view.RebuildAsync(cancellation: Cancellation);

        Assert.True(await changes.MoveNextAsync());
        Assert.True(changes.Current.IsReset);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Value(int delay) => $"{{\"origin\":\"ABQ\",\"delay\":{delay}}}";

    private static async Task<long> ReadAsync(View<string, long> view, CancellationToken stop)
    {
        long reads = 0;
        long last = 0;
        while (!stop.IsCancellationRequested)
        {
            Assert.True(view.TryGet("k0", out long count));
            Assert.True(count >= last, $"A read showed {count} after {last}.");
            last = count;
            reads++;
            await Task.Yield();
        }

        return reads;
    }

    private static async Task<long> ScanAsync(View<string, long> view, CancellationToken stop)
    {
        long scans = 0;
        long last = 0;
        while (!stop.IsCancellationRequested)
        {
            long sum = view.Scan().Sum(r => r.Value);
            Assert.True(sum >= last, $"A scan showed {sum} events after {last}.");
            last = sum;
            scans++;
            await Task.Yield();
        }

        return scans;
    }

    private async Task<long> AppendAsync(CancellationToken stop)
    {
        long appended = 0;
        while (!stop.IsCancellationRequested)
        {
            _log.Append("s", $"k{appended % 10}", Value(1));
            appended++;
            await Task.Delay(TimeSpan.FromMilliseconds(1), CancellationToken.None);
        }

        return appended;
    }

    private void Fill()
    {
        _log.Create("s", 3, isEntity: false);
        for (int i = 0; i < 100; i++)
        {
            _log.Append("s", $"k{i % 10}", Value(i));
        }
    }

    private EventStream<Flight> Stream() => _log.NewClient().Stream("s", FlightJson.Default.Flight);

    private ViewOptions Options(bool isSqlite) =>
        new() { Name = "v", Version = 1, Storage = isSqlite ? new SqliteStorage(_folder) : ViewStorage.InMemory() };
}
