using System.Diagnostics;
using Headwater.Log.Compaction;
using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.Storage.Azure.Tests.Compacting;

/// <summary>
/// Compaction of real bytes in the emulator: the size of the result, the speed, the memory it needs, and that killing the process during a run does not
/// change the result.
/// </summary>
[Collection(nameof(CompactionScale))]
public sealed class CompactionOnAzuriteTests(AzuriteFixture azurite, ITestOutputHelper output)
{
    private const int Kills = 20;

    private const int Rounds = 3;

    /// <summary>Storage calls before a process is killed: enough to read the state of the run and then to make a little progress.</summary>
    private const int ShortestLife = 12;

    private const long MostMemory = 256L << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static CompactionScale Scale => CompactionScale.Chosen;

    [Fact]
    public async Task A_log_compacts_to_about_one_event_a_key_at_half_the_speed_of_a_plain_rewrite_in_bounded_memory()
    {
        (IBlobs blobs, FilledStream stream) = await FillAsync();
        BlobItem[] sealedSegments = [.. (await stream.SegmentsAsync(Cancellation)).SkipLast(1)];
        long bytes = sealedSegments.Sum(s => s.Length);
        var (plain, compaction, used) = (TimeSpan.MaxValue, TimeSpan.MaxValue, 0L);
        CompactionReport report = null!;

        // The two alternate, and the shortest time of each counts: other load on the machine only adds time.
        for (int round = 0; round < Rounds; round++)
        {
            await stream.UndoCompactionAsync(Cancellation);
            await PlainRewrite.UndoAsync(blobs, sealedSegments, Cancellation);
            plain = Shorter(plain, await TimeAsync(() => PlainRewrite.RunAsync(blobs, sealedSegments, Cancellation)));
            using var memory = new MemoryWatch();
            compaction = Shorter(compaction, await TimeAsync(async () => report = await stream.CompactAsync(stream.NewLog(blobs), Cancellation)));
            used = Math.Max(used, memory.Peak);
        }

        long left = (await stream.ReadAsync(Cancellation)).Count;
        output.WriteLine(
            $"before: {Scale.Events} events of {Scale.Keys} keys, {sealedSegments.Length} segments, {bytes >> 10} KiB; "
            + $"after: {left} events, {report.SegmentsAfter} segments, {report.BytesAfter >> 10} KiB; "
            + $"compaction {compaction.TotalSeconds:F2} s, plain rewrite {plain.TotalSeconds:F2} s, "
            + $"compaction at {plain / compaction:F2} of the rewrite's speed; memory {used >> 20} MiB");

        Assert.InRange(left, Scale.Keys, Scale.Keys * 1.05);

        // At the short scale the work takes about a second beside other tests, so neither time nor memory means anything.
        if (CompactionScale.IsLong)
        {
            Assert.True(compaction <= plain * 2, $"compaction took {compaction}, a plain rewrite {plain}");
            Assert.InRange(used, 0, MostMemory);
        }
    }

    [Fact]
    public async Task Killed_twenty_times_on_the_way_it_ends_the_same()
    {
        (IBlobs blobs, FilledStream stream) = await FillAsync();
        (IBlobs others, FilledStream undisturbed) = await FillAsync();
        var whole = new DyingBlobs(others, int.MaxValue);
        await undisturbed.CompactAsync(undisturbed.NewLog(whole), Cancellation);
        int kills = 0;
        for (int life = 0; life < Kills; life++)
        {
            kills += await DiesAsync(stream, new DyingBlobs(blobs, ShortestLife + life)) ? 1 : 0;
        }

        CompactionReport last = await stream.CompactAsync(stream.NewLog(blobs), Cancellation);
        output.WriteLine($"killed {kills} times after {ShortestLife} to {ShortestLife + Kills - 1} calls; an undisturbed run makes {whole.Made}");
        Assert.Equal((Kills, false, 1), (kills, last.Unfinished, last.SegmentsAfter));
        Assert.Equal(await undisturbed.ReadAsync(Cancellation), await stream.ReadAsync(Cancellation));
    }

    [Fact]
    public async Task A_reader_that_is_not_ours_opens_compacted_segments()
    {
        (IBlobs blobs, FilledStream stream) = await FillAsync();
        await stream.CompactAsync(stream.NewLog(blobs), Cancellation);
        var offsets = new List<long>();
        foreach (BlobItem segment in (await stream.SegmentsAsync(Cancellation)).Where(s => s.Name.Contains(".g0001.", StringComparison.Ordinal)))
        {
            using BlobRead read = (await blobs.ReadAsync(segment.Name, 0, (int)segment.Length, Cancellation))!;
            using var file = global::Avro.File.DataFileReader<global::Avro.Generic.GenericRecord>.OpenReader(new MemoryStream(read.Content.ToArray()));
            offsets.AddRange(file.NextEntries.Select(e => (long)e["offset"]));
        }

        Assert.Equal((await stream.ReadAsync(Cancellation)).Select(e => e.Offset).SkipLast(1), offsets);
    }

    private static async Task<bool> DiesAsync(FilledStream stream, DyingBlobs blobs)
    {
        try
        {
            return (await stream.CompactAsync(stream.NewLog(blobs), Cancellation)).Unfinished;
        }
        catch (KilledException)
        {
            return true;
        }
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static async Task<TimeSpan> TimeAsync(Func<Task> work)
    {
        long began = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(began);
    }

    private async Task<(IBlobs Blobs, FilledStream Stream)> FillAsync()
    {
        AzureStorage storage = await azurite.StorageAsync();
        IBlobs blobs = storage.OpenBlobs(AzuriteFixture.UniqueName());
        var stream = new FilledStream(blobs, Scale);
        await stream.FillAsync(Cancellation);
        return (blobs, stream);
    }
}
