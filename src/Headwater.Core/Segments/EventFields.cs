using Headwater.Core.Avro;
using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>Reads the fields of HeadwaterEvent that precede the batch record.</summary>
internal static class EventFields
{
    public static UnixMicros? ReadTime(ref AvroReader reader) =>
        reader.ReadUnionIndex(EventLayout.OptionalBranches) == EventLayout.PresentBranch ? reader.ReadMicros() : null;

    public static bool TryReadKey(scoped ref AvroReader reader, out ReadOnlySpan<byte> key)
    {
        bool present = reader.ReadUnionIndex(EventLayout.OptionalBranches) == EventLayout.PresentBranch;
        key = present ? reader.ReadUtf8() : default;
        return present;
    }

    /// <summary>Checks and skips the headers.</summary>
    /// <returns>The number of headers.</returns>
    public static int SkipHeaders(ref AvroReader reader)
    {
        if (reader.TrySkipZero())
        {
            return 0;
        }

        int total = 0;
        while (true)
        {
            AvroBlock block = reader.ReadBlock(EventLayout.MinHeaderBytes);
            if (block.Count == 0)
            {
                return total;
            }

            total += block.Count;
            for (int i = 0; i < block.Count; i++)
            {
                reader.ReadUtf8();
                reader.ReadUtf8();
            }

            reader.EndBlock(block);
        }
    }

    public static void SkipToBatch(ref AvroReader reader)
    {
        ReadTime(ref reader);
        TryReadKey(ref reader, out _);
        SkipHeaders(ref reader);
    }
}
