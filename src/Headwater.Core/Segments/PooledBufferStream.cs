using System.Buffers;

namespace Headwater.Core.Segments;

/// <summary>A write-only stream over a buffer, for compressors that write to streams.</summary>
internal sealed class PooledBufferStream(PooledBuffer buffer) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> data) => buffer.Write(data);

    public override void Write(byte[] data, int offset, int count) => buffer.Write(data.AsSpan(offset, count));

    public override void Flush()
    {
        // Every write has already reached the buffer.
    }

    public override int Read(byte[] data, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
