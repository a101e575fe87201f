using Microsoft.Extensions.Time.Testing;

namespace Headwater.Client.Tests;

/// <summary>Snapshots: which are written, which are refused, and when rows are built from the log instead.</summary>
public sealed class SnapshotTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("headwater-views").FullName;

    private readonly FakeLog _log = new(seed: 7);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_view_starts_from_its_snapshot_and_reads_only_later_events()
    {
        await BuildAsync(events: 100);
        int served = _log.Served;
        _log.Append("s", "late", Value(7));

        await using View<string, Flight> view = await StartAsync();

        Assert.Equal("v.000000000001.snapshot", view.Origin.Snapshot);
        Assert.Equal(RebuildReason.None, view.Origin.Reason);
        Assert.Equal(1 + 2, _log.Served - served); // The newest event of each partition is read again, to see that it is the same one.
        Assert.Equal(Expected(100).Append(new("late", new("ABQ", 7))), view.Scan());
    }

    [Fact]
    public async Task A_snapshot_is_written_after_its_number_of_events_and_old_ones_are_deleted()
    {
        _log.Create("s", 1, isEntity: true);
        int events;
        await using (View<string, Flight> view = await StartAsync(Options with { SnapshotEvents = 10, SnapshotsKept = 2 }))
        {
            events = await AppendUntilAsync(view, "v.000000000004.snapshot");
        }

        Assert.True(events >= 31, $"The fourth snapshot was written after {events} events: the first one at once, the others after 10 each.");
        Assert.Equal(2, Names().Length);
    }

    [Fact]
    public async Task A_snapshot_is_written_after_its_interval()
    {
        var time = new FakeTimeProvider(_log.Now);
        _log.Create("s", 1, isEntity: true);
        await using View<string, Flight> view = await StartAsync(Options with { SnapshotInterval = TimeSpan.FromMinutes(1) }, time);
        await AppendUntilAsync(view, "v.000000000001.snapshot"); // Of rows that no snapshot has yet.
        await view.WaitForAsync(_log.Append("s", "a", Value(1)), Cancellation);
        Assert.DoesNotContain("v.000000000002.snapshot", Names());

        time.Advance(TimeSpan.FromMinutes(1));

        await AppendUntilAsync(view, "v.000000000002.snapshot");
    }

    [Fact]
    public async Task A_snapshot_cut_at_any_byte_is_refused_and_the_one_before_is_used()
    {
        (string first, byte[] newest) = await TwoSnapshotsAsync();
        for (int length = 0; length < newest.Length; length++)
        {
            await RefusesAsync(newest[..length], first, $"cut at {length}");
        }
    }

    [Fact]
    public async Task A_snapshot_with_any_byte_flipped_is_refused_and_the_one_before_is_used()
    {
        (string first, byte[] newest) = await TwoSnapshotsAsync();
        for (int at = 0; at < newest.Length; at++)
        {
            byte[] flipped = [.. newest];
            flipped[at] ^= (byte)(1 << (at % 8));
            await RefusesAsync(flipped, first, $"flipped at {at}");
        }
    }

    [Fact]
    public async Task A_snapshot_that_was_not_finished_is_not_listed()
    {
        await BuildAsync(events: 10);
        File.WriteAllText(Path.Combine(_folder, "v.000000000009.snapshot.writing"), "HW");

        await using View<string, Flight> view = await StartAsync();

        Assert.Equal("v.000000000001.snapshot", view.Origin.Snapshot);
        Assert.Empty(view.Origin.Skipped);
    }

    [Fact]
    public async Task A_view_that_failed_amid_a_batch_leaves_no_snapshot_that_lacks_events()
    {
        bool fails = false;
        _log.Create("s", 1, isEntity: false);
        _log.Append("s", "a", Value(0));
        ViewDefinition<string, Flight> definition = _log.NewClient().Stream("s", FlightJson.Default.Flight).Fold<Flight, Flight>(
            ValueSerializers.Of(FlightJson.Default.Flight),
            (sum, e) => fails && e.Value!.Delay == 13 ? throw new ArithmeticException() : new Flight("ABQ", (sum?.Delay ?? 0) + e.Value!.Delay));
        await using (View<string, Flight> view = await definition.StartAsync(Options, Cancellation))
        {
            fails = true;
            _log.AppendAll("s", "a", Enumerable.Range(1, 13).Select(Value));
            await Assert.ThrowsAsync<ArithmeticException>(() => view.Completion);
        }

        fails = false;
        await using View<string, Flight> again = await definition.StartAsync(Options, Cancellation);

        Assert.Equal(Enumerable.Range(1, 13).Sum(), again.Get("a")!.Delay);
    }

    [Fact]
    public async Task A_stream_that_was_created_again_causes_a_rebuild()
    {
        await BuildAsync(events: 10);
        _log.Create("s", 2, isEntity: true);
        _log.Append("s", "new", Value(1));

        await using View<string, Flight> view = await StartAsync();

        Assert.Equal(RebuildReason.StreamReplaced, view.Origin.Reason);
        Assert.Equal([new("new", new Flight("ABQ", 1))], view.Scan());
    }

    [Fact]
    public async Task A_log_that_was_restored_from_an_earlier_copy_and_has_grown_since_causes_a_rebuild()
    {
        await BuildAsync(events: 10);
        _log.Restore("s", end: 2);
        _log.Now += TimeSpan.FromHours(1);
        for (int i = 0; i < 20; i++)
        {
            _log.Append("s", $"k{i % 10}", Value(1_000 + i));
        }

        await using View<string, Flight> view = await StartAsync();

        Assert.Equal(RebuildReason.BeyondLogEnd, view.Origin.Reason);
        Assert.Equal(Enumerable.Range(1_010, 10), view.Scan().Select(r => r.Value.Delay!.Value));
    }

    [Fact]
    public async Task A_snapshot_whose_values_cannot_be_read_is_skipped()
    {
        _log.Create("s", 1, isEntity: false);
        _log.Append("s", "a", Value(1));
        var values = new MoodyValues();
        ViewDefinition<string, Flight> definition = _log.NewClient().Stream("s", FlightJson.Default.Flight).Fold<Flight, Flight>(values, (_, e) => e.Value);
        await using (View<string, Flight> view = await definition.StartAsync(Options, Cancellation))
        {
        }

        values.Fails = true;
        await using View<string, Flight> again = await definition.StartAsync(Options, Cancellation);

        Assert.Equal("v.000000000001.snapshot", Assert.Single(again.Origin.Skipped).Name);
        Assert.Equal(RebuildReason.NothingStored, again.Origin.Reason);
        Assert.Equal(1, again.Get("a")!.Delay);
    }

    [Fact]
    public async Task The_newest_snapshot_after_a_take_over_is_of_the_rows_that_serve()
    {
        _log.Create("s", 1, isEntity: true);
        Enumerable.Range(0, 100).ToList().ForEach(i => _log.Append("s", $"k{i % 10}", Value(i)));
        EventStream<Flight> stream = _log.NewClient().Stream("s", FlightJson.Default.Flight);
        ViewOptions options = Options with { Storage = new SlowStorage(_folder) };
        await using (View<string, Flight> view = await stream.Latest().StartAsync(options, Cancellation))
        {
            var mended = new RebuildOptions<string, Flight> { Definition = stream.Latest(), Version = 2 };
            Assert.True((await view.RebuildAsync(mended, Cancellation)).TookOver);
        }

        await using View<string, Flight> again = await stream.Latest().StartAsync(Options with { Version = 2 }, Cancellation);
        Assert.Equal(RebuildReason.None, again.Origin.Reason);
        Assert.Empty(again.Origin.Skipped);
    }

    [Fact]
    public async Task Another_version_causes_a_rebuild_and_the_earlier_version_can_still_use_its_snapshot()
    {
        await BuildAsync(events: 10);

        await using (View<string, Flight> changed = await StartAsync(Options with { Version = 2 }))
        {
            Assert.Equal(RebuildReason.OtherVersion, changed.Origin.Reason);
            Assert.Equal(Expected(10), changed.Scan());
        }

        await using View<string, Flight> back = await StartAsync();
        Assert.Equal("v.000000000001.snapshot", back.Origin.Snapshot);
    }

    [Fact]
    public async Task An_offset_below_the_log_start_causes_a_rebuild()
    {
        await BuildAsync(events: 10);
        _log.Append("s", "k0", Value(1));
        for (int p = 0; p < 2; p++)
        {
            _log.Retain("s", p, 9);
        }

        await using View<string, Flight> view = await StartAsync();

        Assert.Equal(RebuildReason.BelowLogStart, view.Origin.Reason);
    }

    [Fact]
    public async Task An_expired_tombstone_causes_a_rebuild()
    {
        await BuildAsync(events: 10);
        int partition = _log.Append("s", "k0", null).Partition.Value;
        long deleted = _log.Append("s", "k0", null).Offset.Value;
        _log.Append("s", "k2", Value(1));
        _log.Compact("s", partition, offset => offset <= deleted); // Also the tombstones: their retention has passed.

        await using View<string, Flight> view = await StartAsync(time: new FakeTimeProvider(_log.Now.AddDays(2)));

        Assert.Equal(RebuildReason.TombstonesExpired, view.Origin.Reason);
        Assert.False(view.TryGet("k0", out _));
    }

    [Fact]
    public async Task A_view_that_was_frozen_beyond_the_tombstone_retention_is_rebuilt_while_it_shows_its_last_rows()
    {
        await BuildAsync(events: 10);
        var time = new FakeTimeProvider(_log.Now);
        await using View<string, Flight> view = await StartAsync(time: time);
        time.Advance(TimeSpan.FromDays(2));

        _log.AppendGap("s", "k0", Value(5)); // The tombstone of k2 was in the gap.
        while (view.Get("k0")!.Delay != 5)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), Cancellation);
        }

        Assert.False(view.TryGet("k2", out _));
    }

    [Fact]
    public async Task A_gap_within_the_tombstone_retention_causes_no_rebuild()
    {
        await BuildAsync(events: 10);
        int partition = _log.Append("s", "k0", Value(1)).Partition.Value;
        long replaced = _log.Append("s", "k0", Value(2)).Offset.Value;
        long tombstone = _log.Append("s", "k0", null).Offset.Value;
        _log.Compact("s", partition, offset => offset <= replaced && offset < tombstone);

        await using View<string, Flight> view = await StartAsync(time: new FakeTimeProvider(_log.Now.AddHours(23)));

        Assert.Equal(RebuildReason.None, view.Origin.Reason);
        Assert.False(view.TryGet("k0", out _));
    }

    [Fact]
    public async Task An_old_position_with_no_gap_after_it_causes_no_rebuild()
    {
        await BuildAsync(events: 10);
        _log.Append("s", "k0", null);

        await using View<string, Flight> view = await StartAsync(time: new FakeTimeProvider(_log.Now.AddDays(300)));

        Assert.Equal(RebuildReason.None, view.Origin.Reason);
        Assert.False(view.TryGet("k0", out _));
    }

    /// <summary>A generation that takes over commits after the one before, which goes on at the same time.</summary>
    private sealed class SlowStorage(string folder) : ViewStorage
    {
        private bool _isFirst = true;

        public override bool IsDurable => false;

        public override ViewGeneration? OpenServing() => null;

        public override ViewGeneration CreateNext() => new SlowGeneration(folder);

        public override void Serve(ViewGeneration next)
        {
            ((SlowGeneration)next).IsSlow = !_isFirst;
            SpinWait.SpinUntil(() => _isFirst || Directory.GetFiles(folder, "*.snapshot").Length > 0, TimeSpan.FromSeconds(5)); // Of the rows before.
            _isFirst = false;
        }

        public override void Discard(ViewGeneration closed)
        {
        }
    }

    private sealed class SlowGeneration(string folder) : ViewGeneration
    {
        private readonly MemoryGeneration _rows = new();

        private int Snapshots => Directory.GetFiles(folder, "*.snapshot").Length;

        public bool IsSlow { get; set; }

        public override ViewTable<TValue> OpenTable<TValue>(string name, ValueSerializer<TValue> values) => _rows.OpenTable(name, values);

        public override byte[]? ReadState() => null;

        public override void Begin() => _rows.Begin();

        public override void Commit(Func<byte[]> state)
        {
            if (IsSlow)
            {
                IsSlow = false;
                int before = Snapshots;
                SpinWait.SpinUntil(() => Snapshots > before, TimeSpan.FromSeconds(1));
            }

            _rows.Commit(state);
        }
    }

    /// <summary>Values that were written and then cannot be read.</summary>
    private sealed class MoodyValues : ValueSerializer<Flight>
    {
        private readonly ValueSerializer<Flight> _values = ValueSerializers.Of(FlightJson.Default.Flight);

        public bool Fails { get; set; }

        public override void Write(System.Text.Json.Utf8JsonWriter json, Flight value) => _values.Write(json, value);

        public override Flight Read(ReadOnlySpan<byte> json) => Fails ? throw new FormatException("moody") : _values.Read(json);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Value(int delay) => $"{{\"origin\":\"ABQ\",\"delay\":{delay}}}";

    private static IEnumerable<KeyValuePair<string, Flight>> Expected(int events) =>
        Enumerable.Range(0, events).GroupBy(i => $"k{i % 10}").Select(g => new KeyValuePair<string, Flight>(g.Key, new("ABQ", g.Max()))).OrderBy(r => r.Key);

    private ViewOptions Options => new() { Name = "v", Version = 1, Snapshots = SnapshotStore.InFolder(_folder) };

    private string[] Names() => [.. Directory.GetFiles(_folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private Task<View<string, Flight>> StartAsync(ViewOptions? options = null, TimeProvider? time = null) =>
        _log.NewClient(time).Stream("s", FlightJson.Default.Flight).Latest().StartAsync(options ?? Options, Cancellation);

    /// <summary>A commit begins a snapshot that is due, unless the one before is still being written.</summary>
    private async Task<int> AppendUntilAsync(View<string, Flight> view, string snapshot)
    {
        int events = 0;
        for (; !Names().Contains(snapshot); events++)
        {
            await view.WaitForAsync(_log.Append("s", "a", Value(events)), Cancellation);
        }

        return events;
    }

    private async Task BuildAsync(int events)
    {
        _log.Create("s", 2, isEntity: true);
        for (int i = 0; i < events; i++)
        {
            _log.Append("s", $"k{i % 10}", Value(i));
        }

        await using View<string, Flight> view = await StartAsync(time: new FakeTimeProvider(_log.Now));
    }

    /// <summary>Two snapshots, of which the second has other rows.</summary>
    private async Task<(string First, byte[] Newest)> TwoSnapshotsAsync()
    {
        await BuildAsync(events: 3);
        _log.Append("s", "k0", Value(99));
        await using (View<string, Flight> view = await StartAsync())
        {
        }

        string[] names = Names();
        Assert.Equal(2, names.Length);
        return (names[0], await File.ReadAllBytesAsync(Path.Combine(_folder, names[1]), Cancellation));
    }

    private async Task RefusesAsync(byte[] damaged, string first, string how)
    {
        foreach (string name in Names().Where(n => n != first))
        {
            File.Delete(Path.Combine(_folder, name));
        }

        await File.WriteAllBytesAsync(Path.Combine(_folder, "v.000000000002.snapshot"), damaged, Cancellation);
        await using View<string, Flight> view = await StartAsync();
        Assert.True(view.Origin.Snapshot == first, how);
        Assert.Equal(RebuildReason.NothingStored, Assert.Single(view.Origin.Skipped).Reason);
        Assert.Equal(99, view.Get("k0")!.Delay);
    }
}
