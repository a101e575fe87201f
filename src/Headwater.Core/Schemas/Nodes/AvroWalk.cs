using Headwater.Core.Avro;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>The depth and the number of empty items of one pass over an encoded value.</summary>
internal struct AvroWalk
{
    private readonly bool _checksLogicalTypes;
    private int _depth;
    private int _emptyItems;

    private AvroWalk(bool checksLogicalTypes) => _checksLogicalTypes = checksLogicalTypes;

    /// <summary>For values that a producer sends: a value that does not fit its logical type is refused.</summary>
    public static AvroWalk OfInput => new(checksLogicalTypes: true);

    /// <summary>
    /// Whether a value must fit its logical type, not only the type beneath. A stored value need not: schemas of earlier versions could hold a
    /// default that does not fit, and what was
    /// acknowledged stays readable.
    /// </summary>
    public readonly bool ChecksLogicalTypes => _checksLogicalTypes;

    public readonly int Depth => _depth;

    public void Enter(in AvroReader reader)
    {
        if (++_depth > ValueLimits.MaxDepth)
        {
            throw new AvroFormatException($"a value nested more than {ValueLimits.MaxDepth} deep", reader.Position);
        }
    }

    public void Leave() => _depth--;

    /// <summary>Reads the head of the next block of an array or a map.</summary>
    public AvroBlock ReadBlock(ref AvroReader reader, int minItemBytes)
    {
        long start = reader.Position;
        AvroBlock block = reader.ReadBlock(minItemBytes);
        if (minItemBytes == 0 && (_emptyItems += block.Count) > ValueLimits.MaxEmptyItems)
        {
            throw new AvroFormatException($"more than {ValueLimits.MaxEmptyItems} items without bytes in a value", start);
        }

        return block;
    }
}
