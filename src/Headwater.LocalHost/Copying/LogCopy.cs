using System.Text.RegularExpressions;
using Headwater.LocalHost.Errors;
using Headwater.Log.Ports;

namespace Headwater.LocalHost.Copying;

/// <param name="Blobs">Blobs that were new or had grown.</param>
/// <param name="Bytes">Bytes written.</param>
internal sealed record CopyReport(int Blobs, long Bytes);

/// <summary>
/// Copies a whole log into another container, and each further time what has come since: a backup, or the way back from one. A log's blobs are not just files:
/// an append blob must come back sealed if it was, or the log would take it for a stray and pass over its events; a checkpoint may know more than the copy of
/// its segment holds and is left behind, as it can be made again; what a stream is (<c>stream.json</c>) comes last, so that it never says less than its segments need.
/// Nothing is deleted. The copied log may be written to meanwhile; the other must not be.
/// </summary>
internal sealed partial class LogCopy(IBlobs from, IBlobs to)
{
    private const int Piece = 4 << 20;
    private int _blobs;
    private long _bytes;
    private bool _gone;

    /// <exception cref="HostException">The target holds something that is no copy of the source, or storage gave no clear answer: run it again.</exception>
    /// <exception cref="StorageException">Storage failed: run it again.</exception>
    public async Task<CopyReport> RunAsync(CancellationToken cancellation)
    {
        do
        {
            _gone = false;
            await CopyAsync(b => !IsCheckpoint(b.Name) && !IsDocument(b.Name), cancellation);
        }
        while (_gone); // Compacted meanwhile, perhaps: then its events are in a segment that was not there yet.

        await CopyAsync(b => IsDocument(b.Name), cancellation);
        return new CopyReport(_blobs, _bytes);
    }

    private async Task CopyAsync(Func<BlobItem, bool> which, CancellationToken cancellation)
    {
        // All names before any content: a segment named here beside its successor was sealed before that was named, so its content and its seal are read final.
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
                await CopyWholeAsync(blob, cancellation);
            }
        }
    }

    private static bool IsCheckpoint(string name) => name.EndsWith("/checkpoint", StringComparison.Ordinal);

    private static bool IsDocument(string name) => name.EndsWith("/stream.json", StringComparison.Ordinal);

    private static bool NeverChanges(string name) => name.EndsWith(".avro", StringComparison.Ordinal) || name.EndsWith(".index", StringComparison.Ordinal);

    /// <summary>Adds what the copy lacks, then seals it if the original is.</summary>
    private async Task CopySegmentAsync(BlobItem blob, BlobItem? copy, CancellationToken cancellation)
    {
        if (copy is { Sealed: true } && copy.Length == blob.Length)
        {
            return;
        }

        long at = copy?.Length ?? 0;
        if (at > blob.Length)
        {
            throw new HostException($"{blob.Name} is longer in the target than in the source: it is no copy of it.");
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
                _gone = true;
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
            throw new HostException($"{name} could not be copied from byte {at} on ({answer.Status}). Is the target in use? If not, run it again.");
        }

        _bytes += content.Length;
    }

    private async Task CopyWholeAsync(BlobItem blob, CancellationToken cancellation)
    {
        using MemoryStream content = new();
        string? version = null;
        for (bool whole = false; !whole;)
        {
            using BlobRead? piece = await from.ReadAsync(blob.Name, content.Length, Piece, cancellation);
            if (piece is null)
            {
                _gone = true;
                return;
            }

            if (version is not null && version != piece.ETag)
            {
                content.SetLength(0); // Written anew meanwhile: from the beginning.
                version = null;
                continue;
            }

            version = piece.ETag;
            await content.WriteAsync(piece.Content, cancellation);
            whole = content.Length >= piece.Length;
        }

        await to.WriteAsync(blob.Name, content.ToArray(), WriteCondition.Always, cancellation);
        _blobs++;
        _bytes += content.Length;
    }

    // Generation 0, the only append blobs there are.
    [GeneratedRegex(@"/\d{5}/\d{20}\.avro$")]
    private static partial Regex Segment();
}
