using System.Buffers;

namespace Headwater.Log.Ports;

/// <summary>Bytes of a blob and its state as of that read. Holds a pooled buffer: dispose it.</summary>
public sealed class BlobRead(byte[] buffer, int count, bool pooled) : IDisposable
{
    private byte[]? _buffer = buffer;

    public ReadOnlyMemory<byte> Content => new(_buffer ?? throw new ObjectDisposedException(nameof(BlobRead)), 0, count);

    /// <summary>Bytes of the whole blob when it was read.</summary>
    public required long Length { get; init; }

    public required string ETag { get; init; }

    /// <summary>True for a sealed append blob: it accepts no more appends and its length is final.</summary>
    public required bool Sealed { get; init; }

    /// <summary>AppendBlock calls committed so far; 0 for a block blob.</summary>
    public required int CommittedBlocks { get; init; }

    /// <summary>The service's clock.</summary>
    public required DateTimeOffset Date { get; init; }

    public void Dispose()
    {
        byte[]? buffer = Interlocked.Exchange(ref _buffer, null);
        if (pooled && buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
