using System.Buffers;
using System.Text.Json;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;

namespace Headwater.Benchmarks.Payloads;

/// <summary>Sales as one stored block.</summary>
internal static class SaleBlock
{
    public static SyncMarker Sync { get; } = SyncMarker.FromBytes("sixteen bytes ok"u8);

    public static ValueSchema Schema { get; } = ValueSchema.Parse(Sales.Schema);

    /// <summary>The block of this many sales, each with a key.</summary>
    public static byte[] Of(int count, BlockCodec codec)
    {
        using var events = new EventBatch();
        var random = new Random(count);
        foreach (byte[] value in Sales.Values(count))
        {
            events.Begin(null, $"{random.Next(5_000)}", []);
            using JsonDocument document = JsonDocument.Parse(value);
            if (Schema.TryWriteJson(document.RootElement, events.Value) is { } mismatch)
            {
                throw new InvalidOperationException(mismatch.ToString());
            }

            events.End();
        }

        var batch = new BatchRecord(default, null, null, null, ProducerEpoch.None, default, count);
        var output = new ArrayBufferWriter<byte>();
        BlockEncoder.Write(events, batch, Offset.Zero, new UnixMicros(1_767_225_600_000_000), codec, Sync, output);
        return output.WrittenSpan.ToArray();
    }
}
