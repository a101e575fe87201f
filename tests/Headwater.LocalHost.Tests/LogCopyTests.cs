using System.Globalization;
using System.Text;
using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.LocalHost.Copying;
using Headwater.LocalHost.Errors;
using Headwater.Log;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Read;
using Headwater.Testing;

namespace Headwater.LocalHost.Tests;

/// <summary>Backup and restore: a log that has only the copied blobs can read all events.</summary>
public sealed class LogCopyTests
{
    private const string Name = "orders";

    // Segments roll after a few appends, so that a few events fill several segments.
    private static readonly LogOptions Small = LogOptions.Default with { SegmentAppends = 4, CheckpointAppends = 2 };

    private readonly InMemoryBlobs _source = new(TimeProvider.System);
    private readonly InMemoryBlobs _copy = new(TimeProvider.System);
    private ulong _opened;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_event_is_read_from_the_copy()
    {
        await AppendAsync(Open(_source), 0, 20);

        await CopyAsync();

        Assert.Equal(Numbers(20), await ReadAsync(Open(_copy)));
    }

    [Fact]
    public async Task The_copy_goes_on_where_the_log_was()
    {
        await AppendAsync(Open(_source), 0, 20);
        await CopyAsync();

        await AppendAsync(Open(_copy), 20, 10);

        Assert.Equal(Numbers(30), await ReadAsync(Open(_copy)));
    }

    [Fact]
    public async Task A_second_run_brings_what_has_come_since()
    {
        EventLog log = Open(_source);
        await AppendAsync(log, 0, 9);
        await CopyAsync();
        await AppendAsync(log, 9, 12);

        await CopyAsync();

        Assert.Equal(Numbers(21), await ReadAsync(Open(_copy)));
    }

    [Fact]
    public async Task A_second_run_does_not_write_a_sealed_segment_again()
    {
        await AppendAsync(Open(_source), 0, 20);
        CopyReport first = await CopyAsync();

        CopyReport second = await CopyAsync();

        Assert.InRange(first.Blobs, 7, 100);
        Assert.Equal(new CopyReport(0, 0), second);
    }

    [Fact]
    public async Task A_second_run_writes_nothing_if_nothing_has_changed()
    {
        EventLog log = Open(_source);
        await AppendAsync(log, 0, 20);
        await ChangeDocumentsAsync(log, 1);
        await CopyAsync();
        CallScript script = new();

        CopyReport second = await new LogCopy(_source, new WatchedBlobs(_copy, script)).RunAsync(Cancellation);

        Assert.Equal(new CopyReport(0, 0), second);
        Assert.All(script.Calls, c => Assert.Contains(c.Operation, new[] { StorageOperation.List, StorageOperation.Read }));
    }

    [Fact]
    public async Task A_second_run_copies_documents_that_changed_without_growing()
    {
        EventLog log = Open(_source);
        await AppendAsync(log, 0, 3);
        await ChangeDocumentsAsync(log, 1);
        await CopyAsync();
        await ChangeDocumentsAsync(log, 2);

        CopyReport second = await CopyAsync();

        Assert.Equal(2, second.Blobs);
        Assert.Equal(await DocumentsAsync(_source), await DocumentsAsync(_copy));
    }

    [Fact]
    public async Task A_segment_is_sealed_in_the_copy_exactly_if_it_was()
    {
        await AppendAsync(Open(_source), 0, 20);

        await CopyAsync();

        Assert.Equal(await SegmentsAsync(_source), await SegmentsAsync(_copy));
    }

    [Fact]
    public async Task A_copy_that_broke_off_is_finished_by_the_next_run()
    {
        await AppendAsync(Open(_source), 0, 20);
        BlobItem sealedOne = (await BlobContents.CaptureAsync(_source, "", Cancellation)).Items.First(b => b.Sealed);
        using BlobRead half = (await _source.ReadAsync(sealedOne.Name, 0, (int)sealedOne.Length / 2, Cancellation))!;
        await _copy.CreateAppendBlobAsync(sealedOne.Name, Cancellation);
        await _copy.AppendBlockAsync(sealedOne.Name, 0, half.Content, Cancellation);

        await CopyAsync();

        Assert.Equal(Numbers(20), await ReadAsync(Open(_copy)));
    }

    [Fact]
    public async Task What_replaces_a_segment_while_it_is_copied_is_copied_too()
    {
        await AppendAsync(Open(_source), 0, 20);
        string segment = (await BlobContents.CaptureAsync(_source, "", Cancellation)).Items.First(b => b.Sealed).Name;
        string compacted = segment.Replace(".avro", "-00000000000000000003.g0001.avro", StringComparison.Ordinal);
        CallScript script = new();
        script.When(call => call.Name == segment && Compact(), CallFate.LostBefore);

        await new LogCopy(new WatchedBlobs(_source, script), _copy).RunAsync(Cancellation);

        Assert.Contains((await BlobContents.CaptureAsync(_copy, "", Cancellation)).Items, b => b.Name == compacted);

        // Runs between the listing and the read. It returns false, so the script does not change the read itself.
        bool Compact()
        {
            _source.WriteAsync(compacted, new byte[] { 1 }, WriteCondition.Always, Cancellation).AsTask().GetAwaiter().GetResult();
            _source.DeleteAsync(segment, null, Cancellation).AsTask().GetAwaiter().GetResult();
            return false;
        }
    }

    [Fact]
    public async Task Checkpoints_are_left_behind()
    {
        EventLog log = Open(_source);
        await AppendAsync(log, 0, 20);
        await log.DrainAsync(Cancellation);
        Assert.Contains((await BlobContents.CaptureAsync(_source, "", Cancellation)).Items, b => b.Name.EndsWith("/checkpoint", StringComparison.Ordinal));

        await CopyAsync();

        Assert.DoesNotContain((await BlobContents.CaptureAsync(_copy, "", Cancellation)).Items, b => b.Name.EndsWith("/checkpoint", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_log_in_the_target_is_not_touched()
    {
        await AppendAsync(Open(_source), 0, 4);
        await CopyAsync();
        await AppendAsync(Open(_copy), 4, 1);
        BlobContents before = await BlobContents.CaptureAsync(_copy, "", Cancellation);

        await Assert.ThrowsAsync<HostException>(CopyAsync);

        await before.AssertNothingChangedAsync(Cancellation);
    }

    /// <summary>Changes the documents of the stream and of a producer. Their lengths depend only on the number of digits.</summary>
    private static async Task ChangeDocumentsAsync(EventLog log, int version)
    {
        StreamDescription stream = await log.Streams.GetAsync(StreamName.Parse(Name), Cancellation);
        await log.StartProducerAsync(stream, "p", Cancellation);
        await log.Streams.ConfigureAsync(stream.Name, new StreamChange { Doc = new Optional<string?>(true, $"version {version}") }, Cancellation);
    }

    private static async Task<List<string>> DocumentsAsync(InMemoryBlobs blobs)
    {
        List<string> documents = [];
        IReadOnlyList<BlobItem> items = (await BlobContents.CaptureAsync(blobs, "", Cancellation)).Items;
        foreach (BlobItem item in items.Where(b => b.Name.EndsWith(".json", StringComparison.Ordinal)))
        {
            using BlobRead read = (await blobs.ReadAsync(item.Name, 0, (int)item.Length, Cancellation))!;
            documents.Add($"{item.Name} {Encoding.UTF8.GetString(read.Content.Span)}");
        }

        return documents;
    }

    private Task<CopyReport> CopyAsync() => new LogCopy(_source, _copy).RunAsync(Cancellation);

    private EventLog Open(IBlobs blobs) => new(new LogPorts(blobs, new InMemoryTables(), TimeProvider.System, new SeededRandomness(++_opened)), Small);

    private static IEnumerable<string> Numbers(int count) => Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture));

    private static async Task<StreamDescription> StreamAsync(EventLog log) =>
        (await log.Streams.CreateAsync(StreamName.Parse(Name), new StreamSettings(), Cancellation)).Stream;

    private static async Task AppendAsync(EventLog log, int from, int count)
    {
        StreamDescription stream = await StreamAsync(log);
        for (int i = from; i < from + count; i++)
        {
            using RequestEvents events = log.NewRequest(stream, new PartitionId(0), null);
            using JsonDocument value = JsonDocument.Parse(i.ToString(CultureInfo.InvariantCulture));
            events.AddJson(new EventAttributes(null, [], null), value.RootElement);
            await log.AppendAsync(stream, events, AppendOptions.None, Cancellation);
        }
    }

    private static async Task<List<string>> ReadAsync(EventLog log)
    {
        StreamDescription stream = await StreamAsync(log);
        List<string> values = [];
        for (Offset next = Offset.Zero; ;)
        {
            using ReadPage page = await log.ReadAsync(
                stream, new ReadRequest(new PartitionId(0), ReadFrom.At(next), 100, 1 << 20, TimeSpan.Zero), Cancellation);
            if (page.Range.Next == next)
            {
                return values;
            }

            values.AddRange(page.Blocks.SelectMany(Values));
            next = page.Range.Next;
        }
    }

    private static List<string> Values(ReadBlock block)
    {
        List<string> values = [];
        foreach (DecodedEvent view in block.Block.GetEvents(block.Schema))
        {
            if (block.Deliver.Contains(view.Offset))
            {
                AvroReader reader = new(view.Value);
                values.Add(Encoding.UTF8.GetString(block.Schema.ReadBytes(ref reader, out _)));
            }
        }

        return values;
    }

    private static async Task<IEnumerable<(string, long, bool)>> SegmentsAsync(IBlobs blobs) =>
        (await BlobContents.CaptureAsync(blobs, "", Cancellation)).Items
            .Where(b => b.Name.EndsWith(".avro", StringComparison.Ordinal))
            .Select(b => (b.Name, b.Length, b.Sealed));
}
