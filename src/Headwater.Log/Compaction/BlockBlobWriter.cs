using System.Buffers.Binary;
using Headwater.Core.Segments;
using Headwater.Log.Ports;

namespace Headwater.Log.Compaction;

/// <summary>
/// Writes a blob of any size with one part in memory at a time. The write is atomic and never overwrites an existing blob.
/// A small blob costs one write; a larger blob costs one write per part and one for the commit.
/// </summary>
internal sealed class BlockBlobWriter(IBlobs blobs, Randomness randomness, string name, int partBytes) : IDisposable
{
    private readonly PooledBuffer _part = new(64 << 10);

    private readonly List<string> _ids = [];

    private readonly UInt128 _writer = randomness.NextId(); // Block ids of two writers of one name must differ, or they would overwrite each other's parts.

    private long _staged;

    /// <summary>The buffer to write to. Call <see cref="FlushAsync"/> after each block, to bound the buffer.</summary>
    public PooledBuffer Output => _part;

    /// <summary>Bytes written so far.</summary>
    public long Length => _staged + _part.Length;

    /// <summary>Uploads the buffer if it holds at least one part.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        if (_part.Length >= partBytes)
        {
            await StageAsync(cancellation);
        }
    }

    /// <summary>Uploads the rest and creates the blob.</summary>
    /// <returns>False if a blob of that name exists; its content was not changed.</returns>
    public async Task<bool> PublishAsync(CancellationToken cancellation)
    {
        if (_ids.Count == 0)
        {
            return await blobs.WriteAsync(name, _part.WrittenMemory, WriteCondition.IfAbsent, cancellation) is not null;
        }

        if (_part.Length > 0)
        {
            await StageAsync(cancellation);
        }

        return await blobs.CommitBlocksAsync(name, _ids, cancellation);
    }

    public void Dispose() => _part.Dispose();

    private async Task StageAsync(CancellationToken cancellation)
    {
        Span<byte> id = stackalloc byte[16 + sizeof(int)];
        BinaryPrimitives.WriteUInt128BigEndian(id, _writer);
        BinaryPrimitives.WriteInt32BigEndian(id[16..], _ids.Count);
        string text = Convert.ToBase64String(id);
        await blobs.StageBlockAsync(name, text, _part.WrittenMemory, cancellation);
        _ids.Add(text);
        _staged += _part.Length;
        _part.Truncate(0);
    }
}
