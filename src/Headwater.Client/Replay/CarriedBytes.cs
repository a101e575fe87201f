using Headwater.Core.Memory;

namespace Headwater.Client;

/// <summary>
/// The part of a block, or of a header, with which a range ends. Memory grows with the bytes that have arrived, never by a length that they state; the decoders
/// of blocks and headers refuse lengths beyond their limits.
/// </summary>
/// <param name="limits">The bounds of memory.</param>
internal sealed class CarriedBytes(ReplayLimits limits)
{
    private byte[] _bytes = [];

    private int _length;

    /// <summary>A block that is larger than a range, as far as it has arrived.</summary>
    private RangeBuffer? _large;

    public int Length => _large?.Length ?? _length;

    public bool IsEmpty => Length == 0;

    /// <summary>Keeps the bytes from an index on.</summary>
    /// <param name="buffer">The buffer, which the caller releases.</param>
    /// <param name="from">The first byte that is kept.</param>
    public void Keep(RangeBuffer buffer, int from)
    {
        if (from == 0 && buffer.IsGrowing)
        {
            _large = buffer.Retain();
            return;
        }

        ReadOnlySpan<byte> rest = buffer.Memory.Span[from..];
        if (rest.Length > _bytes.Length)
        {
            ByteArrays.Return(_bytes);
            _bytes = ByteArrays.Rent(rest.Length);
        }

        rest.CopyTo(_bytes);
        _length = rest.Length;
    }

    /// <summary>The kept bytes and a range, in one buffer that is the caller's.</summary>
    /// <param name="range">The range; the caller gives it away.</param>
    /// <param name="cancellation">Stops waiting until another large block may be in memory.</param>
    public async ValueTask<RangeBuffer> BeforeAsync(RangeBuffer range, CancellationToken cancellation)
    {
        if (_large is null && range.TryPrepend(_bytes.AsSpan(0, _length)))
        {
            _length = 0;
            return range;
        }

        try
        {
            RangeBuffer large = _large ?? await limits.LargeAsync(_bytes.AsMemory(0, _length), cancellation);
            large.Append(range.Memory.Span);
            (_large, _length) = (null, 0);
            return large;
        }
        finally
        {
            range.Release();
        }
    }

    public void Clear()
    {
        _large?.Release();
        (_large, _length) = (null, 0);
    }

    /// <summary>Clears, and gives the memory back.</summary>
    public void End()
    {
        Clear();
        ByteArrays.Return(_bytes);
        _bytes = [];
    }
}
