using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Unicode;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>
/// Skips ordinary values of one schema quickly: nested records are one list of steps, and nothing is called but for branches and items. Accepts only what
/// <see cref="SchemaNode.Skip"/> accepts, and gives up on anything unusual, so that every fault is found and worded there.
/// </summary>
internal sealed class SkipPlan(SkipStep[] steps)
{
    private const int GaveUp = -1;

    /// <summary>The bit of each byte that says that the number goes on.</summary>
    private const ulong GoesOn = 0x8080808080808080;

    private const int LongestInt = 5;

    private const int LongestLong = 10;

    /// <summary>The most that the last byte of an int of five bytes may hold.</summary>
    private const byte LastOfInt = 0x0f;

    /// <summary>Skips one value.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="at">The index of the value.</param>
    /// <returns>The index after the value; negative if it gave up.</returns>
    public int Skip(ReadOnlySpan<byte> data, int at)
    {
        foreach (ref readonly SkipStep step in steps.AsSpan())
        {
            at = step.Kind switch
            {
                SkipKind.Long => SkipNumber(data, at, LongestLong, last: 1),
                SkipKind.Int => SkipNumber(data, at, LongestInt, LastOfInt),
                SkipKind.Text => SkipText(data, at),
                SkipKind.Bytes => SkipBytes(data, at),
                SkipKind.Fixed => step.Number <= data.Length - at ? at + step.Number : GaveUp,
                SkipKind.Boolean => (uint)at < (uint)data.Length && data[at] <= 1 ? at + 1 : GaveUp,
                SkipKind.Symbol => IndexAt(data, at, step.Number) >= 0 ? at + 1 : GaveUp,
                SkipKind.Union => IndexAt(data, at, step.Number) is >= 0 and int branch ? step.Inner[branch].Skip(data, at + 1) : GaveUp,
                SkipKind.Array => SkipItems(data, at, step.Inner[0], step.Number),
            };
            if (at < 0)
            {
                return at;
            }
        }

        return at;
    }

    /// <summary>An index of one byte, which must be below the limit.</summary>
    private static int IndexAt(ReadOnlySpan<byte> data, int at, int limit)
    {
        if ((uint)at >= (uint)data.Length)
        {
            return GaveUp;
        }

        int zigzag = data[at];
        return (zigzag & 1) == 0 && zigzag < 0x80 && zigzag >> 1 < limit ? zigzag >> 1 : GaveUp;
    }

    private static int SkipNumber(ReadOnlySpan<byte> data, int at, int longest, byte last)
    {
        if ((uint)at >= (uint)data.Length)
        {
            return GaveUp;
        }

        if (data[at] < 0x80)
        {
            return at + 1;
        }

        int length = LengthOf(data[at..]);
        if (length > longest || length > data.Length - at)
        {
            return GaveUp;
        }

        byte end = data[at + length - 1];
        return end == 0 || (length == longest && end > last) ? GaveUp : at + length;
    }

    /// <summary>The length of a number of two bytes or more; more than a long has, or than the data, if it does not end.</summary>
    private static int LengthOf(ReadOnlySpan<byte> data)
    {
        if (data.Length >= sizeof(ulong))
        {
            ulong ends = ~BinaryPrimitives.ReadUInt64LittleEndian(data) & GoesOn;
            if (ends != 0)
            {
                return (BitOperations.TrailingZeroCount(ends) >> 3) + 1;
            }
        }

        int length = 1;
        while (length <= data.Length && data[length - 1] >= 0x80)
        {
            length++;
        }

        return length;
    }

    private static int SkipText(ReadOnlySpan<byte> data, int at)
    {
        int end = SkipBytes(data, at, out int start);
        if (end < 0)
        {
            return GaveUp;
        }

        ReadOnlySpan<byte> text = data[start..end];
        return Ascii.IsValid(text) || Utf8.IsValid(text) ? end : GaveUp;
    }

    private static int SkipBytes(ReadOnlySpan<byte> data, int at) => SkipBytes(data, at, out _);

    /// <summary>Skips a length of up to two bytes (8,191) and that many bytes.</summary>
    private static int SkipBytes(ReadOnlySpan<byte> data, int at, out int start)
    {
        start = at + 1;
        if ((uint)at >= (uint)data.Length)
        {
            return GaveUp;
        }

        int zigzag = data[at];
        if (zigzag >= 0x80)
        {
            if ((uint)start >= (uint)data.Length || data[start] is 0 or >= 0x80)
            {
                return GaveUp;
            }

            zigzag = (zigzag & 0x7f) | (data[start] << 7);
            start++;
        }

        int length = zigzag >> 1;
        return (zigzag & 1) == 0 && length <= data.Length - start ? start + length : GaveUp;
    }

    /// <summary>Skips blocks of items. A block that states its size in bytes, or has 64 items or more, is unusual.</summary>
    private static int SkipItems(ReadOnlySpan<byte> data, int at, SkipPlan items, int leastBytes)
    {
        while (true)
        {
            int count = IndexAt(data, at, int.MaxValue);
            at++;
            if (count <= 0)
            {
                return count < 0 ? GaveUp : at;
            }

            if ((long)count * leastBytes > data.Length - at)
            {
                return GaveUp;
            }

            for (int i = 0; i < count; i++)
            {
                at = items.Skip(data, at);
                if (at < 0)
                {
                    return GaveUp;
                }
            }
        }
    }
}

/// <summary>One step of a <see cref="SkipPlan"/>.</summary>
/// <param name="Kind">What is skipped.</param>
/// <param name="Number">Bytes of a fixed size, symbols of an enum, branches of a union, or the least bytes of an item.</param>
/// <param name="Inner">The plans of branches or items.</param>
internal readonly record struct SkipStep(SkipKind Kind, int Number, SkipPlan[] Inner);

/// <summary>What a step skips.</summary>
internal enum SkipKind : byte
{
    /// <summary>A number of up to 64 bits.</summary>
    Long,

    /// <summary>A number of up to 32 bits.</summary>
    Int,

    /// <summary>A string.</summary>
    Text,

    /// <summary>A length and bytes.</summary>
    Bytes,

    /// <summary>A fixed number of bytes.</summary>
    Fixed,

    /// <summary>A boolean.</summary>
    Boolean,

    /// <summary>A symbol of an enum.</summary>
    Symbol,

    /// <summary>A branch of a union.</summary>
    Union,

    /// <summary>Blocks of items.</summary>
    Array,
}
