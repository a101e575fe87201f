using Headwater.Log.Groups.Rows;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Groups.Snapshots;

/// <summary>One version of a group's document.</summary>
internal sealed record StoredGroup(GroupDocument Document, string ETag);

/// <summary>Reads and writes <c>groups/{g}.json</c>; every write is conditional.</summary>
internal sealed class GroupBlobs(LogPorts ports)
{
    /// <summary>More than the largest copy from before metadata was bounded by bytes: 1,024 partitions with 4,096 escaped characters.</summary>
    private const int DocumentBytesMax = 32 << 20;

    /// <summary>Reads a group's document. Costs one read.</summary>
    /// <returns>Null if there is no such group.</returns>
    public async Task<StoredGroup?> ReadAsync(StreamName stream, GroupKey key, CancellationToken cancellation)
    {
        string name = BlobNames.Group(stream, key.StreamId, key.Group.Value);
        using BlobRead? blob = await ports.Blobs.ReadAsync(name, 0, DocumentBytesMax, cancellation);
        ports.Clock.Observe(blob?.Date);
        return blob is null ? null : new StoredGroup(GroupDocument.Read(blob.Content.Span, name), blob.ETag);
    }

    /// <summary>Writes a group's document. Costs one write.</summary>
    /// <returns>False if the condition did not hold.</returns>
    public async Task<bool> WriteAsync(StreamName stream, GroupKey key, GroupDocument document, WriteCondition condition, CancellationToken cancellation) =>
        await ports.Blobs.WriteAsync(BlobNames.Group(stream, key.StreamId, key.Group.Value), document.Write(), condition, cancellation) is not null;

    /// <returns>False if the blob does not exist.</returns>
    public async Task<bool> DeleteAsync(StreamName stream, GroupKey key, CancellationToken cancellation) =>
        await ports.Blobs.DeleteAsync(BlobNames.Group(stream, key.StreamId, key.Group.Value), null, cancellation);

    /// <summary>The names of a stream's groups. Costs one listing per 5,000 groups.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(StreamName stream, string streamId, CancellationToken cancellation)
    {
        string folder = BlobNames.GroupFolder(stream, streamId);
        List<BlobItem> items = await ports.Blobs.ListAllAsync(folder, cancellation);
        return
        [
            .. items
                .Select(i => i.Name[folder.Length..])
                .Where(n => n.EndsWith(BlobNames.GroupSuffix, StringComparison.Ordinal))
                .Select(n => n[..^BlobNames.GroupSuffix.Length]),
        ];
    }
}
