using System.Collections.Concurrent;
using Headwater.Core.Segments;

namespace Headwater.Client;

/// <summary>Uncompressed blocks whose memory is used again, so that it need not grow for each group. Keeps at most 8, of at most 1 MiB each.</summary>
internal static class DecodedBlocks
{
    private const int MostKept = 8;

    private const int KeptBytes = 1 << 20;

    private static readonly ConcurrentBag<DecodedBlock> Kept = [];

    public static DecodedBlock Take() => Kept.TryTake(out DecodedBlock? kept) ? kept : new DecodedBlock();

    public static void Return(DecodedBlock? block)
    {
        if (block is not null && Keeps(block) && Kept.Count < MostKept)
        {
            Kept.Add(block);
        }
        else
        {
            block?.Dispose();
        }
    }

    /// <summary>Whether the memory of a block is small enough to be kept. Its content may be smaller.</summary>
    internal static bool Keeps(DecodedBlock block) => block.Capacity <= KeptBytes;
}
