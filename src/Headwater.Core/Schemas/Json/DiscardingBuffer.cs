using System.Buffers;

namespace Headwater.Core.Schemas.Json;

/// <summary>
/// Discards all output, for a trial write that only determines whether a value fits. Its content is never read, so nested walks of a thread
/// share one instance.
/// </summary>
internal sealed class DiscardingBuffer : IBufferWriter<byte>
{
    private const int MostKeptBytes = 64 * 1024;

    [ThreadStatic]
    private static DiscardingBuffer? _mine;

    private byte[] _space = new byte[256];

    private DiscardingBuffer()
    {
    }

    public static DiscardingBuffer OfThisThread => _mine ??= new DiscardingBuffer();

    /// <summary>The bytes that were discarded, which shows how often values were tried.</summary>
    public long Discarded { get; private set; }

    public void Advance(int count) => Discarded += count;

    public Memory<byte> GetMemory(int sizeHint = 0) => Space(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => Space(sizeHint);

    private byte[] Space(int sizeHint)
    {
        if (sizeHint <= _space.Length)
        {
            return _space;
        }

        if (sizeHint > MostKeptBytes)
        {
            return new byte[sizeHint];
        }

        return _space = new byte[Math.Max(sizeHint, 2 * _space.Length)];
    }
}
