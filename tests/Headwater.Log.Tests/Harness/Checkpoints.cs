using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Ports;
using Headwater.Log.Segments;
using Headwater.Log.Streams;

namespace Headwater.Log.Tests;

/// <summary>A partition's checkpoint as it is stored.</summary>
internal static class Checkpoints
{
    public static string Name(StreamDescription stream, int partition = 0) =>
        BlobNames.Checkpoint(BlobNames.PartitionFolder(stream.Name, stream.StreamId, new PartitionId(partition)));

    public static async Task DeleteAsync(World world, StreamDescription stream, int partition = 0) =>
        await world.Store.DeleteAsync(Name(stream, partition), null, CancellationToken.None);

    public static async Task<PartitionCheckpoint?> ReadAsync(World world, StreamDescription stream, int partition = 0)
    {
        using BlobRead? read = await world.Store.ReadAsync(Name(stream, partition), 0, 8 << 20, CancellationToken.None);
        return read is null ? null : PartitionCheckpoint.Read(read.Content.Span);
    }

    public static async Task WriteAsync(World world, StreamDescription stream, ReadOnlyMemory<byte> content) =>
        await world.Store.WriteAsync(Name(stream), content, WriteCondition.Always, CancellationToken.None);
}
