using System.Buffers;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Tests;

/// <summary>Reads and damages a partition's stored checkpoint.</summary>
internal static class Checkpoints
{
    public static string Name(StreamDescription stream, int partition = 0) =>
        BlobNames.Checkpoint(BlobNames.PartitionFolder(stream.Name, stream.StreamId, new PartitionId(partition)));

    public static async Task DeleteAsync(World world, StreamDescription stream, int partition = 0) =>
        await world.Store.DeleteAsync(Name(stream, partition), null, CancellationToken.None);

    public static async Task<PartitionCheckpoint?> ReadAsync(World world, StreamDescription stream, int partition = 0) =>
        await BytesAsync(world, stream, partition) is { } bytes ? PartitionCheckpoint.Read(bytes) : null;

    /// <summary>Makes the checkpoint unusable in the named way.</summary>
    public static async Task DamageAsync(World world, StreamDescription stream, string how)
    {
        byte[] bytes = (await BytesAsync(world, stream, 0))!;
        PartitionCheckpoint checkpoint = PartitionCheckpoint.Read(bytes);
        byte[] damaged = how switch
        {
            "damaged" => Flip(bytes, bytes.Length / 2),
            "empty" => [],
            "foreign" => "{\"not\":\"ours\"}"u8.ToArray(),
            "newer version" => Flip(bytes, 4),
            "of another stream" => Bytes(checkpoint with { StreamId = "ffffffffffffffffffffffffffffffff" }),
            "of another partition" => Bytes(checkpoint with { Partition = new PartitionId(1) }),
            "beyond the end" => Bytes(checkpoint with { Position = checkpoint.Position + 1000, Next = checkpoint.Next + 5 }),
            _ => Bytes(checkpoint with { SegmentBase = new Offset(1000), Next = new Offset(1005) }),
        };
        await world.Store.WriteAsync(Name(stream), damaged, WriteCondition.Always, CancellationToken.None);
    }

    private static async Task<byte[]?> BytesAsync(World world, StreamDescription stream, int partition)
    {
        using BlobRead? read = await world.Store.ReadAsync(Name(stream, partition), 0, 8 << 20, CancellationToken.None);
        return read?.Content.ToArray();
    }

    private static byte[] Flip(byte[] bytes, int at)
    {
        bytes[at] ^= 0x40;
        return bytes;
    }

    private static byte[] Bytes(PartitionCheckpoint checkpoint)
    {
        var bytes = new ArrayBufferWriter<byte>();
        checkpoint.WriteTo(bytes);
        return bytes.WrittenSpan.ToArray();
    }
}
