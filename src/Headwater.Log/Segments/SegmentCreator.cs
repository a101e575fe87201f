using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Segments;

/// <summary>
/// Creates the first segment of a partition of a stream that does not exist yet. No other process knows the stream id, so no race is possible. Costs two
/// writes.
/// </summary>
internal sealed class SegmentCreator(LogPorts ports)
{
    private const int Tries = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <exception cref="StorageException">Storage failed, or left 5 tries without a clear answer. The segment may exist, empty or with its header.</exception>
    public async Task CreateFirstAsync(StreamDescription stream, PartitionId partition, CancellationToken cancellation)
    {
        string name = BlobNames.Segment(BlobNames.PartitionFolder(stream.Name, stream.StreamId, partition), Offset.Zero);
        await ports.Blobs.CreateAppendBlobAsync(name, cancellation);
        ReadOnlyMemory<byte> header = Encode(Header(stream, partition, Offset.Zero, ports.Randomness));
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            AppendAnswer answer = await ports.Blobs.AppendBlockAsync(name, 0, header, cancellation);
            ports.Clock.Observe(answer.Date);
            if (answer.Status is AppendStatus.Appended or AppendStatus.PositionTaken)
            {
                return; // PositionTaken: an earlier try was stored, although its answer was unclear.
            }

            await Task.Delay(Pause, ports.Time, cancellation);
        }

        throw new StorageException(StorageFault.Unavailable, $"The header of {name} could not be written.");
    }

    public static SegmentHeader Header(StreamDescription stream, PartitionId partition, Offset baseOffset, Randomness randomness) => new()
    {
        Stream = stream.Name.Value,
        StreamId = stream.StreamId,
        Partition = partition,
        BaseOffset = baseOffset,
        Schema = stream.Schema,
        SchemaVersion = stream.SchemaVersion,
        Codec = stream.Settings.Codec,
        Sync = new SyncMarker(randomness.NextId()),
        ProducersForgotten = new UnixMicros(0),
    };

    public static ReadOnlyMemory<byte> Encode(SegmentHeader header)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        header.WriteTo(bytes);
        return bytes.WrittenMemory;
    }
}
