using System.Text.Json;
using Headwater.Benchmarks.Payloads;
using Headwater.Benchmarks.Replay;
using Headwater.Client;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;

namespace Headwater.Benchmarks.Ratios;

/// <summary>A segment file to typed events.</summary>
internal static class ReplayCases
{
    private const int Events = 20_000;

    private const int EventsPerBlock = 1_000;

    public static IEnumerable<Ratio> All()
    {
        byte[] file = File();
        var headers = new SegmentHeaders<Sale>(ValueSerializers.Of(SaleJson.Default.Sale), "id");
        var segment = new ReplaySegment(default, new Offset(Events), file.Length, true, 0, new Uri("http://storage.example/s"));
        yield return new Ratio("segment to sales / loop by hand", Events, () => Decode(file, headers, segment), () => HandLoop.Run(file, _ => { }), 1 / 1.3);
    }

    private static void Decode(byte[] file, SegmentHeaders<Sale> headers, ReplaySegment segment)
    {
        SegmentFile<Sale> opened = headers.TryRead(segment, default, file, out int at)!;
        var buffer = new RangeBuffer(file, 0, _ => { });
        using var group = new BlockGroup<Sale>(opened, buffer, file.AsMemory(at), at, new OffsetRange(default, segment.Next));
        while (group.TryDecode(CancellationToken.None) is not null)
        {
            // The decoding is what is measured.
        }
    }

    private static byte[] File()
    {
        ValueSchema schema = ValueSchema.Parse(Sales.Schema);
        var header = new SegmentHeader
        {
            Stream = "sales",
            StreamId = "id",
            Partition = default,
            BaseOffset = default,
            Schema = schema,
            SchemaVersion = 1,
            Codec = BlockCodec.Deflate,
            Sync = new SyncMarker(1),
        };
        using var output = new PooledBuffer();
        header.WriteTo(output);
        byte[][] values = Sales.Values(Events);
        for (int i = 0; i < Events; i += EventsPerBlock)
        {
            using var batch = new Core.Segments.EventBatch();
            foreach (byte[] value in values.AsSpan(i, EventsPerBlock))
            {
                batch.Begin(null, $"{value.Length * 31 % 5_000}", []);
                schema.TryWriteJson(JsonElement.Parse(value), batch.Value);
                batch.End();
            }

            var record = new BatchRecord(new BatchId((UInt128)i), null, null, null, default, default, EventsPerBlock);
            BlockEncoder.Write(batch, record, new Offset(i), new UnixMicros(1_700_000_000_000_000), BlockCodec.Deflate, header.Sync, output);
        }

        return output.Written.ToArray();
    }
}
