using System.Buffers;
using System.Globalization;
using Headwater.Log.Ports;

namespace Headwater.Testing;

/// <summary>
/// Blobs with the documented behaviour of the real service but without faults: conditions, append positions, seals that keep the ETag, block counts,
/// ordinal paged listing, dates in whole seconds. Every call completes synchronously; nothing depends on threads or chance.
/// </summary>
/// <param name="time">The service's clock.</param>
/// <param name="maxBlocks">The number of AppendBlock calls that a blob accepts; the service allows 50,000.</param>
/// <param name="folderPageSize">Folders per page; the service returns up to 5,000.</param>
public sealed class InMemoryBlobs(TimeProvider time, int maxBlocks = 50_000, int folderPageSize = 5_000) : IBlobs
{
    private readonly SortedList<string, InMemoryBlob> _blobs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, byte[]>> _staged = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _versions;

    public ValueTask<bool> CreateAppendBlobAsync(string name, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult(_blobs.TryAdd(name, new InMemoryBlob(append: true, NextETag(), Date())));
        }
    }

    public ValueTask<AppendAnswer> AppendBlockAsync(string name, AppendCondition condition, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(condition.Position, nameof(condition));
        ArgumentOutOfRangeException.ThrowIfZero(data.Length, nameof(data));
        lock (_gate)
        {
            return ValueTask.FromResult(Append(name, condition, data.Span));
        }
    }

    public ValueTask<bool> SealAsync(string name, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_blobs.TryGetValue(name, out InMemoryBlob? blob))
            {
                return ValueTask.FromResult(false);
            }

            blob.Sealed = blob.IsAppendBlob ? true : throw WrongType("Sealing", name);
            return ValueTask.FromResult(true);
        }
    }

    public ValueTask<BlobRead?> ReadAsync(string name, long position, int maxBytes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBytes);
        lock (_gate)
        {
            return ValueTask.FromResult(_blobs.TryGetValue(name, out InMemoryBlob? blob) ? Read(blob, position, maxBytes) : null);
        }
    }

    public ValueTask<string?> WriteAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            InMemoryBlob? standing = _blobs.GetValueOrDefault(name);
            bool holds = condition.IfMatch switch
            {
                null => standing is null,
                "*" => true,
                { } etag => standing?.ETag == etag,
            };
            if (!holds)
            {
                return ValueTask.FromResult<string?>(null);
            }

            InMemoryBlob written = new(append: false, "", default);
            written.Append(content.Span, NextETag(), Date());
            _blobs[name] = written;
            return ValueTask.FromResult<string?>(written.ETag);
        }
    }

    public ValueTask StageBlockAsync(string name, string blockId, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfZero(data.Length, nameof(data));
        lock (_gate)
        {
            if (!_staged.TryGetValue(name, out Dictionary<string, byte[]>? parts))
            {
                _staged[name] = parts = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            }

            parts[blockId] = data.ToArray();
            return ValueTask.CompletedTask;
        }
    }

    public ValueTask<bool> CommitBlocksAsync(string name, IReadOnlyList<string> blockIds, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            Dictionary<string, byte[]> parts = _staged.GetValueOrDefault(name) ?? [];
            if (_blobs.ContainsKey(name) || !blockIds.All(parts.ContainsKey))
            {
                return ValueTask.FromResult(false);
            }

            InMemoryBlob written = new(append: false, NextETag(), Date());
            foreach (string id in blockIds)
            {
                written.Append(parts[id], written.ETag, written.Modified);
            }

            _blobs[name] = written;
            _staged.Remove(name);
            return ValueTask.FromResult(true);
        }
    }

    public ValueTask<bool> DeleteAsync(string name, string? ifMatch, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            bool holds = _blobs.TryGetValue(name, out InMemoryBlob? blob) && (ifMatch is null || blob.ETag == ifMatch);
            return ValueTask.FromResult(holds && _blobs.Remove(name));
        }
    }

    public ValueTask<BlobPage> ListAsync(string prefix, string? continuation, int pageSize, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pageSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, 5_000);
        lock (_gate)
        {
            List<BlobItem> items = [];
            int index = continuation is null ? FirstAtOrAfter(prefix) : FirstAtOrAfter(continuation);
            while (HasPrefix(index, prefix) && items.Count < pageSize)
            {
                items.Add(_blobs.Values[index].Item(_blobs.Keys[index]));
                index++;
            }

            return ValueTask.FromResult(new BlobPage(items, HasPrefix(index, prefix) ? _blobs.Keys[index] : null));
        }
    }

    public ValueTask<FolderPage> ListFoldersAsync(string prefix, string? continuation, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            List<string> folders = [];
            int index = FirstAtOrAfter(continuation ?? prefix);
            while (HasPrefix(index, prefix) && folders.Count < folderPageSize)
            {
                string name = _blobs.Keys[index];
                int slash = name.IndexOf('/', prefix.Length);
                if (slash < 0)
                {
                    index++;
                    continue;
                }

                string folder = name[..(slash + 1)];
                folders.Add(folder);
                index = FirstAtOrAfter(folder[..^1] + (char)('/' + 1));
            }

            return ValueTask.FromResult(new FolderPage(folders, HasPrefix(index, prefix) ? _blobs.Keys[index] : null));
        }
    }

    /// <summary>A placeholder address that no HTTP client can open: <c>memory:///name?expires=…</c>.</summary>
    public ValueTask<Uri> SignReadAsync(string name, DateTimeOffset now, DateTimeOffset expires, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(expires, now);
        return ValueTask.FromResult(new Uri($"memory:///{name}?expires={Uri.EscapeDataString(expires.ToString("O", CultureInfo.InvariantCulture))}"));
    }

    private AppendAnswer Append(string name, AppendCondition condition, ReadOnlySpan<byte> data)
    {
        if (!_blobs.TryGetValue(name, out InMemoryBlob? blob))
        {
            return Refused(AppendStatus.NotFound, "404 BlobNotFound");
        }

        if (!blob.IsAppendBlob)
        {
            throw WrongType("Appending to", name);
        }

        if (blob.Sealed)
        {
            return Refused(AppendStatus.Sealed, "409 BlobIsSealed");
        }

        if (condition.ETag is { } meant && blob.ETag != meant)
        {
            return Refused(AppendStatus.PositionTaken, "412 ConditionNotMet");
        }

        if (blob.Length != condition.Position)
        {
            return Refused(AppendStatus.PositionTaken, "412 AppendPositionConditionNotMet");
        }

        if (blob.Blocks >= maxBlocks)
        {
            return Refused(AppendStatus.Full, "409 BlockCountExceedsLimit");
        }

        blob.Append(data, NextETag(), Date());
        return new AppendAnswer(AppendStatus.Appended, blob.Blocks, Date());
    }

    private BlobRead Read(InMemoryBlob blob, long position, int maxBytes)
    {
        int count = (int)Math.Clamp(blob.Length - position, 0, maxBytes);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(count);
        if (count > 0)
        {
            blob.Content.Slice((int)position, count).CopyTo(buffer);
        }

        return new BlobRead(buffer, count, pooled: true)
        {
            Length = blob.Length,
            ETag = blob.ETag,
            Sealed = blob.Sealed,
            CommittedBlocks = blob.Blocks,
            Date = Date(),
        };
    }

    private AppendAnswer Refused(AppendStatus status, string reason) => new(status, 0, Date(), reason);

    private static StorageException WrongType(string operation, string name) =>
        new(StorageFault.Rejected, $"{operation} blob '{name}' failed: 409 InvalidBlobType.");

    private bool HasPrefix(int index, string prefix) =>
        index < _blobs.Count && _blobs.Keys[index].StartsWith(prefix, StringComparison.Ordinal);

    private int FirstAtOrAfter(string name)
    {
        int low = 0;
        int high = _blobs.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = string.CompareOrdinal(_blobs.Keys[middle], name) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private string NextETag() => string.Create(CultureInfo.InvariantCulture, $"0x{++_versions:X16}");

    // HTTP dates have no fractions.
    private DateTimeOffset Date() => DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
}
