using System.Buffers;
using Headwater.Core.Memory;

namespace Headwater.Log.Ports;

/// <summary>A range of a blob, and the state of the blob at the time of the read. Owns its buffer: dispose it.</summary>
/// <param name="buffer">Begins with the content; may be longer.</param>
/// <param name="count">Bytes of content.</param>
/// <param name="pooled">Whether the buffer is from <see cref="ArrayPool{T}.Shared"/>, to which disposal returns it.</param>
public sealed class BlobRead(byte[] buffer, int count, bool pooled) : IDisposable
{
    private byte[]? _buffer = buffer;

    /// <summary>The bytes read. Empty if the read began at or past the end of the blob. Do not use after <see cref="Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">The read was disposed.</exception>
    public ReadOnlyMemory<byte> Content => new(_buffer ?? throw new ObjectDisposedException(nameof(BlobRead)), 0, count);

    /// <summary>Bytes of the whole blob at the time of the read.</summary>
    public required long Length { get; init; }

    /// <summary>ETag of the version that was read, for conditional writes and deletes.</summary>
    public required string ETag { get; init; }

    /// <summary>True for a sealed append blob: it accepts no appends and its length is final.</summary>
    public required bool Sealed { get; init; }

    /// <summary>AppendBlock calls committed so far; 0 for a block blob.</summary>
    public required int CommittedBlocks { get; init; }

    /// <summary>The <c>Date</c> of the response, by the service's clock.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>Returns a pooled buffer to the pool. Further calls do nothing.</summary>
    public void Dispose()
    {
        byte[]? buffer = Interlocked.Exchange(ref _buffer, null);
        if (pooled && buffer is not null)
        {
            ByteArrays.Return(buffer);
        }
    }
}
