using System.Text.RegularExpressions;
using Headwater.LocalHost.Errors;
using Headwater.Log.Ports;

namespace Headwater.LocalHost.Copying;

/// <param name="Blobs">Blobs that were new or had changed.</param>
/// <param name="Bytes">The number of bytes written.</param>
internal sealed record CopyReport(int Blobs, long Bytes);

/// <summary>
/// Copies a log to another container, as a backup or to restore one. A further run copies only what has changed since: a document is compared
/// with its copy and written only if it differs. Nothing is deleted. The source may be written to during the copy; the target must not be.
/// A sealed append blob must be sealed in the copy, otherwise the log would treat it as a stray and ignore its events. Checkpoints are not
/// copied, because one may describe more than the copied segment contains; the log creates them again. <c>stream.json</c> is copied last,
/// so that it covers every copied segment.
/// </summary>
internal sealed partial class LogCopy(IBlobs from, IBlobs to)
{
    private const int Piece = 4 << 20;
    private int _blobs;
    private long _bytes;
    private bool _missing;

    /// <exception cref="HostException">The target is not a copy of the source, or the outcome of an append is unknown: run it again.</exception>
    /// <exception cref="StorageException">Storage failed: run it again.</exception>
    public async Task<CopyReport> RunAsync(CancellationToken cancellation)
    {
        do
        {
            _missing = false;
            await CopyAsync(b => !IsCheckpoint(b.Name) && !IsDocument(b.Name), cancellation);
        }
        while (_missing); // The blob may have been compacted. Its events are then in a segment that the last listing did not contain.

        await CopyAsync(b => IsDocument(b.Name), cancellation);
        return new CopyReport(_blobs, _bytes);
    }

    private async Task CopyAsync(Func<BlobItem, bool> which, CancellationToken cancellation)
    {
        // All names are listed before any content is read. A segment listed with its successor was sealed before the successor was created, so
        // its content and its seal are final when they are read.
        List<BlobItem> there = await from.ListAllAsync("", cancellation);
        Dictionary<string, BlobItem> here = (await to.ListAllAsync("", cancellation)).ToDictionary(b => b.Name, StringComparer.Ordinal);
        foreach (BlobItem blob in there.Where(which))
        {
            BlobItem? copy = here.GetValueOrDefault(blob.Name);
            if (Segment().IsMatch(blob.Name))
            {
                await CopySegmentAsync(blob, copy, cancellation);
            }
            else if (copy is null || copy.Length != blob.Length || !NeverChanges(blob.Name))
            {
                await CopyWholeAsync(blob, copy, cancellation);
            }
        }
    }

    private static bool IsCheckpoint(string name) => name.EndsWith("/checkpoint", StringComparison.Ordinal);

    private static bool IsDocument(string name) => name.EndsWith("/stream.json", StringComparison.Ordinal);

    private static bool NeverChanges(string name) => name.EndsWith(".avro", StringComparison.Ordinal) || name.EndsWith(".index", StringComparison.Ordinal);

    /// <summary>Appends the bytes that the copy lacks, then seals it if the original is sealed.</summary>
    private async Task CopySegmentAsync(BlobItem blob, BlobItem? copy, CancellationToken cancellation)
    {
        if (copy is { Sealed: true } && copy.Length == blob.Length)
        {
            return;
        }

        long at = copy?.Length ?? 0;
        if (at > blob.Length)
        {
            throw new HostException($"{blob.Name} is longer in the target than in the source: the target is not a copy of the source.");
        }

        if (copy is null)
        {
            await to.CreateAppendBlobAsync(blob.Name, cancellation);
        }

        bool grown = copy is null;
        for (bool whole = false; !whole;)
        {
            using BlobRead? piece = await from.ReadAsync(blob.Name, at, Piece, cancellation);
            if (piece is null)
            {
                _missing = true;
                return;
            }

            if (piece.Content.Length > 0)
            {
                await AppendAsync(blob.Name, at, piece.Content, cancellation);
                at += piece.Content.Length;
                grown = true;
            }

            whole = at >= piece.Length;
            if (whole && piece.Sealed)
            {
                await to.SealAsync(blob.Name, cancellation);
            }
        }

        _blobs += grown ? 1 : 0;
    }

    private async Task AppendAsync(string name, long at, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        AppendAnswer answer = await to.AppendBlockAsync(name, at, content, cancellation);
        if (answer.Status is not AppendStatus.Appended)
        {
            throw new HostException(
                $"Copying {name} from byte {at} failed ({answer.Status}). Make sure that nothing else writes to the target, then run the command again.");
        }

        _bytes += content.Length;
    }

    /// <summary>Writes the blob to the target unless the copy has the same content. Times and ETags of two accounts cannot tell that.</summary>
    private async Task CopyWholeAsync(BlobItem blob, BlobItem? copy, CancellationToken cancellation)
    {
        using MemoryStream? content = await ReadWholeAsync(from, blob.Name, cancellation);
        if (content is null)
        {
            _missing = true;
            return;
        }

        if (copy?.Length == content.Length)
        {
            using MemoryStream? copied = await ReadWholeAsync(to, blob.Name, cancellation);
            if (copied is not null && Written(copied).Span.SequenceEqual(Written(content).Span))
            {
                return;
            }
        }

        await to.WriteAsync(blob.Name, Written(content), WriteCondition.Always, cancellation);
        _blobs++;
        _bytes += content.Length;
    }

    private static ReadOnlyMemory<byte> Written(MemoryStream content) => content.GetBuffer().AsMemory(0, (int)content.Length);

    /// <returns>Null if the blob does not exist.</returns>
    private static async Task<MemoryStream?> ReadWholeAsync(IBlobs blobs, string name, CancellationToken cancellation)
    {
        MemoryStream content = new();
        string? version = null;
        for (bool whole = false; !whole;)
        {
            using BlobRead? piece = await blobs.ReadAsync(name, content.Length, Piece, cancellation);
            if (piece is null)
            {
                return null;
            }

            if (version is not null && version != piece.ETag)
            {
                content.SetLength(0); // The blob was overwritten during the read, so the read starts again.
                version = null;
                continue;
            }

            version = piece.ETag;
            await content.WriteAsync(piece.Content, cancellation);
            whole = content.Length >= piece.Length;
        }

        return content;
    }

    // Generation 0: only these segments are append blobs.
    [GeneratedRegex(@"/\d{5}/\d{20}\.avro$")]
    private static partial Regex Segment();
}
