using System.Buffers;

namespace Headwater.Core.Schemas.Json;

/// <summary>Takes what is written while only the question is whether it can be.</summary>
internal sealed class DiscardingBuffer : IBufferWriter<byte>
{
    private byte[] _space = new byte[256];

    public void Advance(int count) => ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _space.Length);

    public Memory<byte> GetMemory(int sizeHint = 0) => Space(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => Space(sizeHint);

    private byte[] Space(int sizeHint)
    {
        if (sizeHint > _space.Length)
            _space = new byte[Math.Max(sizeHint, 2 * _space.Length)];
        return _space;
    }
}
