using System.Buffers.Binary;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Headwater.Storage.Azure.Blobs;

/// <summary>Sends the content of a block blob: as a whole, or in blocks if one call would take too long.</summary>
internal static class BlockWrite
{
    /// <summary>Bytes up to which content is sent as a whole.</summary>
    public const int WholeMax = 8 << 20;

    private const int BlockBytes = 4 << 20;

    private const int HashBytes = 16;

    public static async Task<Response<BlobContentInfo>> WholeAsync(
        BlockBlobClient blob, ReadOnlyMemory<byte> content, BlobRequestConditions? conditions, CancellationToken cancellation)
    {
        await using Stream stream = BinaryData.FromBytes(content).ToStream();
        return await blob.UploadAsync(stream, new BlobUploadOptions { Conditions = conditions }, cancellation);
    }

    public static async Task<Response<BlockInfo>> StageAsync(BlockBlobClient blob, string id, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        await using Stream stream = BinaryData.FromBytes(data).ToStream();
        return await blob.StageBlockAsync(id, stream, cancellationToken: cancellation);
    }

    /// <summary>The blocks of some content. Ids derive from the whole content, so two writers of one name stage the same block under the same id.</summary>
    public static IEnumerable<(string Id, ReadOnlyMemory<byte> Block)> Split(ReadOnlyMemory<byte> content)
    {
        byte[] id = new byte[HashBytes + sizeof(int)];
        SHA256.HashData(content.Span).AsSpan(0, HashBytes).CopyTo(id);
        for (int at = 0; at < content.Length; at += BlockBytes)
        {
            BinaryPrimitives.WriteInt32BigEndian(id.AsSpan(HashBytes), at / BlockBytes);
            yield return (Convert.ToBase64String(id), content.Slice(at, Math.Min(BlockBytes, content.Length - at)));
        }
    }
}
