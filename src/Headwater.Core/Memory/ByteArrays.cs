using System.Buffers;
using System.Numerics;

namespace Headwater.Core.Memory;

/// <summary>
/// Arrays for buffers: pooled up to 1 MiB. Larger ones are left to the garbage collector, because the shared pool keeps returned arrays per thread and per core
/// for as long as the machine has memory, whatever the process may use: a few requests would fill a small heap with unused arrays. Thread-safe.
/// </summary>
public static class ByteArrays
{
    /// <summary>The length of the largest pooled array.</summary>
    public const int MaxPooled = 1 << 20;

    /// <summary>An array of at least this length, with any content. The length is a power of two, unless it is above 1 GiB.</summary>
    /// <param name="length">The least length, at least 0.</param>
    public static byte[] Rent(int length) => length <= MaxPooled
        ? ArrayPool<byte>.Shared.Rent(length)
        : GC.AllocateUninitializedArray<byte>(length > 1 << 30 ? length : (int)BitOperations.RoundUpToPowerOf2((uint)length));

    /// <summary>Gives an array back. It must not be used afterwards.</summary>
    /// <param name="array">An array from <see cref="Rent"/>.</param>
    public static void Return(byte[] array)
    {
        if (array.Length <= MaxPooled)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
