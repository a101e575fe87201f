using Headwater.Core.Avro;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>The depth and the number of empty items of one pass over an encoded value.</summary>
internal struct AvroWalk
{
    private int _depth;
    private int _emptyItems;

    public readonly int Depth => _depth;

    public void Enter(in AvroReader reader)
    {
        if (++_depth > ValueLimits.MaxDepth)
            throw new AvroFormatException($"a value nested more than {ValueLimits.MaxDepth} deep", reader.Position);
    }

    public void Leave() => _depth--;

    /// <summary>Reads the head of the next block of an array or a map.</summary>
    public AvroBlock ReadBlock(ref AvroReader reader, int minItemBytes)
    {
        long start = reader.Position;
        AvroBlock block = reader.ReadBlock(minItemBytes);
        if (minItemBytes == 0 && (_emptyItems += block.Count) > ValueLimits.MaxEmptyItems)
            throw new AvroFormatException($"more than {ValueLimits.MaxEmptyItems} items without bytes in a value", start);
        return block;
    }
}
