using System.Text;
using Headwater.Log;
using Headwater.Log.Compaction;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Metering;
using Headwater.Testing;

namespace Headwater.Storage.Azure.Tests.Compacting;

/// <summary>
/// How compaction affects a writer of the same partition. The test asserts the number of storage calls and only reports times, because the emulator and
/// both processes share the machine's processors. It alternates three conditions, so that other load on the machine affects all of them: alone, beside
/// compaction, and beside a plain rewrite of the same bytes, which shows how much of the effect is due to the traffic.
/// </summary>
[Collection(nameof(CompactionScale))]
public sealed class AppendBesideCompactionTests(AzuriteFixture azurite, ITestOutputHelper output)
{
    private const int WarmUps = 20;

    private static readonly CompactionScale Scale = CompactionScale.Beside;

    private static readonly (int Rounds, int Appends) Windows = CompactionScale.IsLong ? (8, 60) : (2, 15);

    private readonly string _container = AzuriteFixture.UniqueName();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Compaction_adds_no_storage_call_to_appends_beside_it()
    {
        using StorageMeter meter = new(), others = new();
        AzureStorage storage = await azurite.StorageAsync(others);
        IBlobs blobs = storage.OpenBlobs(_container);
        var stream = new FilledStream(blobs, Scale);
        await stream.FillAsync(Cancellation);
        var writer = new SteadyWriter(stream, await azurite.StorageAsync(meter), _container, meter);
        await writer.WarmUpAsync(WarmUps, Cancellation);

        var compaction = new BackgroundWork("compaction", others, () => CompactAnewAsync(stream, blobs, storage.OpenTables(_container)));
        var rewrite = new BackgroundWork("a plain rewrite", others, () => RewriteAsync(stream, blobs));
        AppendTimes alone = new(), besideCompaction = new(), besideRewrite = new();
        for (int round = 0; round < Windows.Rounds; round++)
        {
            await writer.RunAsync(Windows.Appends, alone, Cancellation);
            await compaction.BesideAsync(() => writer.RunAsync(Windows.Appends, besideCompaction, Cancellation));
            if (CompactionScale.IsLong)
            {
                await rewrite.BesideAsync(() => writer.RunAsync(Windows.Appends, besideRewrite, Cancellation));
            }
        }

        output.WriteLine($"alone: {alone}");
        output.WriteLine($"beside {compaction}: {besideCompaction}");
        output.WriteLine(CompactionScale.IsLong ? $"beside {rewrite}: {besideRewrite}" : "");
        Assert.True(compaction.Passes >= Windows.Rounds && compaction.FewestCalls > 0, $"{compaction}");
        Assert.Equal((0, 0), (alone.OtherCalls, besideCompaction.OtherCalls));
        Assert.InRange(besideCompaction.AppendCalls, 1, besideCompaction.Appends); // Waiting appends share a call.
        await RequireOnceInOrderAsync(stream, writer);
    }

    private static async Task CompactAnewAsync(FilledStream stream, IBlobs blobs, ITables tables)
    {
        await stream.UndoCompactionAsync(Cancellation);
        var log = new EventLog(new LogPorts(blobs, tables, TimeProvider.System, Randomness.System), stream.Options);
        CompactionReport report = await stream.CompactAsync(log, Cancellation);
        Assert.Equal((false, Scale.Events, Scale.Keys), (report.Unfinished, report.EventsBefore, report.EventsAfter));
    }

    private static async Task RewriteAsync(FilledStream stream, IBlobs blobs)
    {
        BlobItem[] segments = [.. (await stream.SegmentsAsync(Cancellation)).Where(s => s.Sealed)];
        await PlainRewrite.RunAsync(blobs, segments, Cancellation);
        await PlainRewrite.UndoAsync(blobs, segments, Cancellation);
    }

    /// <summary>
    /// Asserts that the stream holds the newest event of every key, followed by every event that the writer sent, once and in order, at consecutive
    /// offsets.
    /// </summary>
    private static async Task RequireOnceInOrderAsync(FilledStream stream, SteadyWriter writer)
    {
        IReadOnlyList<(long Offset, string Value)> events = await stream.ReadAsync(Cancellation);

        // Event 0 started the newest segment when the stream was filled.
        int[] sent = [0, .. Enumerable.Range(Scale.Events, writer.Next - Scale.Events)];
        Assert.Equal(sent.Select((number, i) => ((long)Scale.Events + i, Encoding.UTF8.GetString(Scale.Event(number).Value))), events.Skip(Scale.Keys));
    }
}
