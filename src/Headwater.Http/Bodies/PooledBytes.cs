using System.Buffers;

namespace Headwater.Http.Bodies;

/// <summary>
/// A rented array that grows, with one spare byte before the content and one after it, so that a parser can put brackets around without copying.
/// </summary>
internal sealed class PooledBytes(int capacity) : IDisposable
{
    private const int Front = 1;
    private const int Back = 1;

    private byte[]? _array = ArrayPool<byte>.Shared.Rent(Front + capacity + Back);

    public int Length { get; private set; }

    public Memory<byte> Memory => Array.AsMemory(Front, Length);

    public Span<byte> Span => Array.AsSpan(Front, Length);

    /// <summary>The content with its spare byte on either side.</summary>
    public Memory<byte> WithSpares => Array.AsMemory(0, Front + Length + Back);

    private byte[] Array => _array ?? throw new ObjectDisposedException(nameof(PooledBytes));

    /// <summary>Where the next bytes go; never empty.</summary>
    public Memory<byte> Free()
    {
        if (Front + Length + Back == Array.Length)
            Grow();
        return Array.AsMemory(Front + Length, Array.Length - Front - Length - Back);
    }

    public void Advance(int count) => Length += count;

    public void Dispose()
    {
        if (_array is null)
            return;
        ArrayPool<byte>.Shared.Return(_array);
        _array = null;
    }

    private void Grow()
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Array.Length * 2);
        Array.AsSpan(0, Front + Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(Array);
        _array = larger;
    }
}
