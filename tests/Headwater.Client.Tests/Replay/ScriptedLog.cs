using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Serialization;
using System.Web;
using Headwater.Contracts.Text;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;

namespace Headwater.Client.Tests;

/// <summary>A service and its storage that answer as the test says. The value of every event is its offset.</summary>
internal sealed class ScriptedLog : HttpMessageHandler
{
    public const string StreamId = "00112233445566778899aabbccddeeff";

    private static readonly ValueSchema Schema = ValueSchema.Parse("\"long\"");

    private int _open;

    private long _served;

    public List<Segment> Segments { get; } = [];

    public int Partitions { get; init; } = 1;

    /// <summary>Answers a request to the storage instead; null: the file does.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage?> Storage { get; set; } = _ => null;

    public ConcurrentQueue<string> Requests { get; } = new();

    public int Listings => Requests.Count(r => r.Contains("/segments", StringComparison.Ordinal));

    public int Pages => Requests.Count(r => r.Contains("/events", StringComparison.Ordinal));

    /// <summary>Bytes of files that were read.</summary>
    public long Served => Interlocked.Read(ref _served);

    /// <summary>Requests to the storage that are under way.</summary>
    public int Open => _open;

    /// <summary>The first offset that is left.</summary>
    public long LogStart { get; set; }

    /// <summary>Whether listings have URLs.</summary>
    public bool HasUrls { get; set; } = true;

    /// <summary>How long the client repeats a request.</summary>
    public TimeSpan RetryFor { get; init; }

    public HeadwaterClient NewClient(TimeProvider? time = null) => new(new HeadwaterClientOptions
    {
        Address = new Uri("http://log.example"),
        Handler = this,
        RetryFor = RetryFor,
        FirstPause = TimeSpan.FromMilliseconds(1),
        Time = time ?? TimeProvider.System,
    });

    public EventStream<long> NewStream(TimeProvider? time = null) => NewClient(time).Stream("s", LongJson.Default.Int64);

    /// <summary>Adds a segment with blocks of events.</summary>
    /// <param name="first">The first offset.</param>
    /// <param name="blocks">The events of each block.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="generation">Above 0: only every second offset has an event.</param>
    /// <param name="padding">Bytes of a header of the first event of each block.</param>
    /// <param name="padsAll">Whether every event has such a header.</param>
    public Segment Add(long first, int[] blocks, int partition = 0, int generation = 0, int padding = 0, bool padsAll = false)
    {
        var header = new SegmentHeader
        {
            Stream = "s",
            StreamId = StreamId,
            Partition = new PartitionId(partition),
            BaseOffset = new Offset(first),
            Schema = Schema,
            SchemaVersion = 1,
            Codec = BlockCodec.Null,
            Sync = new SyncMarker((UInt128)(first + 1) * 7919),
        };
        using var bytes = new PooledBuffer();
        header.WriteTo(bytes);
        List<int> starts = [];
        long next = first;
        foreach (int count in blocks)
        {
            starts.Add(bytes.Length);
            next = Write(bytes, header, next, count, generation > 0 ? 2 : 1, padding, padsAll);
        }

        var segment = new Segment(partition, first, next, generation, bytes.Written.ToArray()) { Blocks = starts };
        Segments.Add(segment);
        return segment;
    }

    private static long Write(PooledBuffer bytes, SegmentHeader header, long first, int count, int step, int padding, bool padsAll)
    {
        // A block of compaction has gaps; several batches of one event are the simplest block with gaps.
        for (int i = 0; i < (step > 1 ? count : 1); i++)
        {
            int events = step > 1 ? 1 : count;
            using var batch = new Headwater.Core.Segments.EventBatch();
            for (int e = 0; e < events; e++)
            {
                batch.Begin(null, "k", padding > 0 && (padsAll || e == 0) ? [new("pad", new string('x', padding))] : []);
                batch.Value.WriteUnionIndex(1);
                batch.Value.WriteLong(first + e);
                batch.End();
            }

            var record = new BatchRecord(new BatchId((UInt128)(first + 1)), null, null, null, default, default, events);
            BlockEncoder.Write(batch, record, new Offset(first), new UnixMicros(1_000_000 + first), header.Codec, header.Sync, bytes);
            first += step > 1 ? step : events;
        }

        return first;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await Task.Yield();
        Requests.Enqueue(request.RequestUri!.PathAndQuery);
        if (request.RequestUri.Host == "storage.example")
        {
            Assert.DoesNotContain(request.Headers, h => h.Key.StartsWith("x-functions", StringComparison.OrdinalIgnoreCase));
            Interlocked.Increment(ref _open);
            try
            {
                return Storage(request) ?? File(request);
            }
            finally
            {
                Interlocked.Decrement(ref _open);
            }
        }

        return request.RequestUri.AbsolutePath switch
        {
            "/streams/s" => RetryTests.Json(
                200, ConsumerScriptTests.Stream(Partitions).Replace("\"schemaless\":true", "\"schema\":\"long\"", StringComparison.Ordinal)),
            "/streams/s/partitions" => RetryTests.Json(200, $$"""{"partitions":[{{string.Join(',', Enumerable.Range(0, Partitions).Select(Positions))}}]}"""),
            "/streams/s/segments" => Listing(HttpUtility.ParseQueryString(request.RequestUri.Query)),
            _ => Page(ReadCursor.Parse(HttpUtility.ParseQueryString(request.RequestUri.Query)["cursor"]!)!),
        };
    }

    public static HttpResponseMessage Status(HttpStatusCode status) => new(status) { Content = new ByteArrayContent([]) };

    private string Positions(int partition)
    {
        Segment[] own = [.. Segments.Where(s => s.Partition == partition)];
        long bytes = own.Sum(s => (long)s.Bytes.Length);
        return $$"""
            {"partition":{{partition}},"logStartOffset":{{LogStart}},"logEndOffset":{{own.Max(s => s.Next)}},"segments":1,"bytes":{{bytes}}}
            """;
    }

    private HttpResponseMessage Listing(System.Collections.Specialized.NameValueCollection query)
    {
        int partition = int.Parse(query["partition"]!, CultureInfo.InvariantCulture);
        long from = Math.Max(LogStart, long.Parse(query["offset"]!, CultureInfo.InvariantCulture));
        int number = Listings;
        string segments = string.Join(',', Segments
            .Where(s => s.Partition == partition && s.Next > from && HasUrls)
            .OrderBy(s => s.First)
            .Take(16)
            .Select(s => $$"""
                {"partition":{{partition}},"baseOffset":{{s.First}},"nextOffset":{{s.Next}},"bytes":{{s.Bytes.Length}},
                "sealed":{{(s.IsSealed ? "true" : "false")}},"generation":{{s.Generation}},"schemaVersion":1,"codec":"null",
                "url":"http://storage.example/{{s.Name}}?sig={{number}}","expires":"2030-01-01T00:00:00Z"}
                """));
        return RetryTests.Json(200, $$"""{"segments":[{{segments}}]}""");
    }

    private HttpResponseMessage Page(ReadCursor cursor)
    {
        (PartitionId partition, Offset from) = cursor.Offsets.Single();
        if (from.Value < LogStart)
        {
            return RetryTests.Json(410, $$"""
                {"code":"offset_below_start","detail":"gone","partition":{{partition}},"logStartOffset":{{LogStart}},"retryable":false}
                """, "application/problem+json");
        }

        long logEnd = Segments.Where(s => s.Partition == partition.Value).Max(s => s.Next);
        if (from.Value > logEnd)
        {
            return RetryTests.Json(416, $$"""
                {"code":"offset_beyond_end","detail":"not yet","partition":{{partition}},"logEndOffset":{{logEnd}},"retryable":false}
                """, "application/problem+json");
        }

        long end = Math.Min(logEnd, from.Value + 100);
        string events = string.Concat(Enumerable.Range(0, (int)(end - from.Value)).Select(i => $$"""
            {"partition":{{partition}},"offset":{{from.Value + i}},"appended":"1970-01-01T00:00:01.000000Z","key":"k","value":{{from.Value + i}}}

            """));
        HttpResponseMessage page = RetryTests.Json(200, events, "application/x-ndjson");
        page.Headers.Add("Next-Cursor", (cursor with { Offsets = new Dictionary<PartitionId, Offset> { [partition] = new Offset(end) } }).ToString());
        return page;
    }

    private HttpResponseMessage File(HttpRequestMessage request)
    {
        Segment segment = Segments.Single(s => "/" + s.Name == request.RequestUri!.AbsolutePath);
        RangeItemHeaderValue range = request.Headers.Range!.Ranges.Single();
        byte[] part = segment.Bytes[(int)range.From!.Value..((int)range.To!.Value + 1)];
        Interlocked.Add(ref _served, part.Length);
        HttpResponseMessage answer = new(HttpStatusCode.PartialContent) { Content = new ByteArrayContent(part) };
        answer.Content.Headers.ContentRange = new ContentRangeHeaderValue(range.From.Value, range.To.Value, segment.Bytes.Length);
        return answer;
    }

    /// <summary>A segment file.</summary>
    internal sealed record Segment(int Partition, long First, long Next, int Generation, byte[] Bytes)
    {
        public string Name => $"{Partition}/{First}.g{Generation}.avro";

        public bool IsSealed { get; init; } = true;

        public IReadOnlyList<int> Blocks { get; init; } = [];
    }
}

[JsonSerializable(typeof(long))]
internal sealed partial class LongJson : JsonSerializerContext;
