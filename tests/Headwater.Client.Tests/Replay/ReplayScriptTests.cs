using System.Net;
using Headwater.Core.Positions;

namespace Headwater.Client.Tests;

/// <summary>Replays from a service and a storage that answer as the test says.</summary>
public sealed class ReplayScriptTests
{
    private readonly ScriptedLog _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_url_that_has_expired_is_renewed_and_no_event_is_repeated()
    {
        _log.Add(0, [.. Enumerable.Repeat(100, 50)], padding: 100_000);
        int reads = 0;
        _log.Storage = r => r.RequestUri!.Query == "?sig=1" && Interlocked.Increment(ref reads) == 3 ? ScriptedLog.Status(HttpStatusCode.Forbidden) : null;

        Replayed replayed = await ReplayHost.ReplayAsync(_log.NewStream());

        Assert.Equal(Enumerable.Range(0, 5_000).Select(i => (long)i), replayed.Events.Keys.Select(k => k.Offset.Value));
        Assert.Equal((2, 0), (_log.Listings, _log.Pages));
    }

    [Fact]
    public async Task A_segment_that_compaction_replaced_is_read_from_its_successor_and_the_gaps_are_reported()
    {
        _log.Add(0, [10]);
        ScriptedLog.Segment old = _log.Add(10, [10, 10]);
        _log.Add(30, [10]);
        _log.Storage = r =>
        {
            if (r.RequestUri!.AbsolutePath != "/" + old.Name)
            {
                return null;
            }

            _log.Segments.Remove(old);
            _log.Add(10, [10], generation: 1);
            return ScriptedLog.Status(HttpStatusCode.NotFound);
        };

        Replayed replayed = await ReplayHost.ReplayAsync(_log.NewStream());

        Assert.Equal(
            [.. Enumerable.Range(0, 10), 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, .. Enumerable.Range(30, 10)],
            replayed.Events.Keys.Select(k => (int)k.Offset.Value));
        Assert.Equal(
            Enumerable.Range(0, 10).Select(i => new ReplayGap(default, new Offset(11 + (2 * i)), new Offset(12 + (2 * i)), ReplayGapCause.Compaction)),
            replayed.Gaps);
    }

    [Fact]
    public async Task What_retention_deleted_during_a_replay_is_reported_with_its_offsets()
    {
        _log.Add(0, [10]);
        ScriptedLog.Segment deleted = _log.Add(10, [10]);
        _log.Add(20, [10]);
        _log.Storage = r =>
        {
            if (r.RequestUri!.AbsolutePath != "/" + deleted.Name)
            {
                return null;
            }

            _log.Segments.Remove(deleted);
            _log.LogStart = 20;
            return ScriptedLog.Status(HttpStatusCode.NotFound);
        };

        Replayed replayed = await ReplayHost.ReplayAsync(_log.NewStream());

        Assert.Equal([.. Enumerable.Range(0, 10), .. Enumerable.Range(20, 10)], replayed.Events.Keys.Select(k => (int)k.Offset.Value));
        Assert.Equal([new ReplayGap(default, new Offset(10), new Offset(20), ReplayGapCause.Retention)], replayed.Gaps);
    }

    [Fact]
    public async Task A_replay_that_begins_below_the_log_start_reports_the_gap()
    {
        _log.Add(20, [10]);
        _log.LogStart = 25;

        Replayed replayed = await ReplayHost.ReplayAsync(
            _log.NewStream(), new ReplayOptions { From = StartFrom.Positions(new EventPosition(default, new Offset(3))) });

        Assert.Equal(Enumerable.Range(25, 5), replayed.Events.Keys.Select(k => (int)k.Offset.Value));
        Assert.Equal([new ReplayGap(default, new Offset(3), new Offset(25), ReplayGapCause.Retention)], replayed.Gaps);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(500)]
    public async Task A_storage_that_refuses_is_replaced_by_the_api(int status)
    {
        _log.Add(0, [200, 150]);
        _log.Storage = _ => status > 0
            ? ScriptedLog.Status((HttpStatusCode)status)
            : throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");

        Replayed replayed = await ReplayHost.ReplayAsync(_log.NewStream());

        Assert.Equal(Enumerable.Range(0, 350), replayed.Events.Keys.Select(k => (int)k.Offset.Value));
        Assert.Equal(4, _log.Pages);
    }

    [Fact]
    public async Task Without_urls_the_api_is_read()
    {
        _log.Add(0, [150]);
        _log.HasUrls = false;

        Replayed replayed = await ReplayHost.ReplayAsync(_log.NewStream());

        Assert.Equal(Enumerable.Range(0, 150), replayed.Events.Keys.Select(k => (int)k.Offset.Value));
        Assert.Equal(2, _log.Pages);
    }

    [Fact]
    public async Task Blocks_of_every_size_are_found_at_every_place_of_a_range()
    {
        var random = new Random(7);
        long next = 0;
        for (int i = 0; i < 20; i++)
        {
            next = _log.Add(next, [.. Enumerable.Range(0, 3).Select(_ => random.Next(1, 30))], padding: 1 << random.Next(10, 22)).Next;
        }

        Replayed replayed = await ReplayHost.ReplayAsync(_log.NewStream());

        Assert.Equal(Enumerable.Range(0, (int)next), replayed.Events.Keys.Select(k => (int)k.Offset.Value));
        Assert.Equal(0, _log.Pages);
    }

    [Fact]
    public async Task A_replay_from_the_middle_of_a_segment_delivers_nothing_before()
    {
        _log.Add(0, [.. Enumerable.Repeat(1_000, 12)]);

        Replayed replayed = await ReplayHost.ReplayAsync(
            _log.NewStream(), new ReplayOptions { From = StartFrom.Positions(new EventPosition(default, new Offset(3_500))) });

        Assert.Equal(Enumerable.Range(3_500, 8_500), replayed.Events.Keys.Select(k => (int)k.Offset.Value));
        Assert.Equal(0, _log.Pages);
    }

    [Fact]
    public async Task The_bytes_that_are_read_and_not_delivered_are_bounded_whatever_the_length_of_history()
    {
        for (int i = 0; i < 10; i++)
        {
            _log.Add(i * 400, [.. Enumerable.Repeat(10, 40)], padding: 200_000); // 8 MB each
        }

        long delivered = 0;
        long most = 0;
        long total = _log.Segments.Sum(s => (long)s.Bytes.Length);
        await foreach (ReplayBatch<long> batch in _log.NewStream().ReplayAsync(new ReplayOptions { Parallelism = 2 }, Cancellation))
        {
            SpinWait.SpinUntil(() => _log.Open == 0); // Lets the replay run ahead.
            most = Math.Max(most, _log.Served - delivered);
            delivered += batch.StoredBytes;
        }

        // 16 ranges, and groups and batches of one block of 200 KB each.
        long bound = (16L * ReplayLimits.RangeBytes) + (20 * 210_000);
        Assert.True(most <= bound, $"{most} bytes were in memory at a time.");
        Assert.True(total > 2 * bound, "The history is too short to show a bound.");
        Assert.InRange(delivered, total * 0.99, total);
    }

    [Fact]
    public async Task A_program_that_stops_early_ends_all_reads()
    {
        _log.Add(0, [.. Enumerable.Repeat(10, 100)], padding: 100_000);

        await foreach (ReplayBatch<long> batch in _log.NewStream().ReplayAsync(cancellation: Cancellation))
        {
            Assert.Equal(0, batch.From.Value);
            break;
        }

        Assert.Equal(0, _log.Open);
    }

    [Fact]
    public async Task A_replay_that_is_cancelled_ends_with_the_cancellation()
    {
        _log.Add(0, [.. Enumerable.Repeat(10, 100)], padding: 100_000);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ReplayBatch<long> _ in _log.NewStream().ReplayAsync(cancellation: stop.Token))
            {
                await stop.CancelAsync();
            }
        });

        Assert.Equal(0, _log.Open);
    }
}
