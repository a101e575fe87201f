using Headwater.Core.Segments;
using Headwater.Log.Ports;

namespace Headwater.Storage.Azure.Tests.Compacting;

/// <summary>The baseline for compaction: downloads, decodes, encodes and uploads every byte without deciding anything.</summary>
internal static class PlainRewrite
{
    private const int Chunk = 4 << 20;

    private const int BlockBytes = 256 << 10;

    public static async Task RunAsync(IBlobs blobs, IEnumerable<BlobItem> segments, CancellationToken cancellation)
    {
        foreach (BlobItem segment in segments)
        {
            await RewriteAsync(blobs, segment, cancellation);
        }
    }

    /// <summary>Deletes the rewritten segments, so that the rewrite can run again.</summary>
    public static async Task UndoAsync(IBlobs blobs, IEnumerable<BlobItem> segments, CancellationToken cancellation)
    {
        foreach (BlobItem segment in segments)
        {
            await blobs.DeleteAsync(TargetOf(segment), null, cancellation);
        }
    }

    private static string TargetOf(BlobItem segment) => "rewritten/" + segment.Name;

    private static async Task RewriteAsync(IBlobs blobs, BlobItem segment, CancellationToken cancellation)
    {
        using BlobRead read = (await blobs.ReadAsync(segment.Name, 0, (int)segment.Length, cancellation))!;
        SegmentHeader.TryRead(read.Content.Span, out SegmentHeader? header, out int length);
        using var output = new PooledBuffer(Chunk);
        Encode(read.Content.Span[length..], length, header!, output);
        string target = TargetOf(segment);
        var ids = new List<string>();
        for (int at = 0; at < output.Length; at += Chunk)
        {
            ids.Add(Convert.ToBase64String(BitConverter.GetBytes(at)));
            await blobs.StageBlockAsync(target, ids[^1], output.WrittenMemory[at..Math.Min(output.Length, at + Chunk)], cancellation);
        }

        Assert.True(await blobs.CommitBlocksAsync(target, ids, cancellation));
    }

    private static void Encode(ReadOnlySpan<byte> blocks, int position, SegmentHeader header, PooledBuffer output)
    {
        header.WriteTo(output);
        using var block = new DecodedBlock();
        using var rewritten = new BlockRewriter();
        var scanner = new SegmentScanner(blocks, position, header.Codec, header.Sync, block);
        while (scanner.MoveNext())
        {
            foreach (DecodedEvent view in block.GetEvents(header.Schema))
            {
                rewritten.Add(view);
                if (rewritten.Bytes >= BlockBytes)
                {
                    rewritten.WriteTo(new BatchId(1), header.Codec, header.Sync, output);
                }
            }
        }

        if (rewritten.Count > 0)
        {
            rewritten.WriteTo(new BatchId(1), header.Codec, header.Sync, output);
        }
    }
}
