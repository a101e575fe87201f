using Headwater.Core.Avro;
using Headwater.Core.Schemas.Nodes.Logical;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>
/// The most bytes that the JSON form of an encoded value takes. Every byte of a text counts as escaped, and a name as at most 1,024 bytes, so that streams
/// older than the limit on names stay appendable.
/// </summary>
internal sealed class JsonSize
{
    private const int MostOfName = 1024;

    /// <summary>Quotes, colon and comma.</summary>
    private const int AroundName = 4;

    private const int Braces = 2;
    private const int Comma = 1;

    /// <summary>One byte as an escape, and 3 bytes as 4 letters of base64, rounded up.</summary>
    private const int EscapedByte = 6;
    private const int Base64Byte = 2;

    /// <summary>A number, a date or a time.</summary>
    private const int MostOfNumber = 32;

    private const int MostOfLogical = 64;

    private readonly Dictionary<RecordNode, long> _fixed = [];
    private readonly HashSet<SchemaNode> _visited = [];
    private readonly SchemaNode _root;

    /// <summary>What the bytes of a value of any schema take at most, each.</summary>
    private long _perByte = EscapedByte;

    /// <summary>What an array adds to each byte of its items at most.</summary>
    private long _perItem;

    /// <summary>Measures a complete schema.</summary>
    public JsonSize(SchemaNode root)
    {
        _root = root;
        Visit(root);
    }

    /// <summary>Whether the text of some values is gathered, to see how it would be read.</summary>
    public bool Gathers { get; private set; }

    /// <summary>
    /// A limit that needs no pass over the value. Each union, map entry and array item has at least one byte of its own that no other has, which pays for
    /// its names and brackets; the rest is the root's.
    /// </summary>
    public long AtMost(int encodedBytes) => _perItem == long.MaxValue ? long.MaxValue : Fixed(_root) + (encodedBytes * (_perByte + _perItem));

    /// <summary>Measures one value that the schema has checked.</summary>
    public long Of(ref AvroReader reader) => Of(_root, ref reader);

    private static int NameBytes(string name) => Math.Min(MostOfName, name.Length) + AroundName;

    private void Visit(SchemaNode node)
    {
        if (!_visited.Add(node))
        {
            return;
        }

        switch (node)
        {
            case RecordNode record:
                foreach (RecordField field in record.Fields)
                {
                    Visit(field.Node);
                }

                break;
            case UnionNode union:
                VisitUnion(union);
                break;
            case MapNode map:
                Visit(map.Values);
                _perByte = Math.Max(_perByte, EscapedByte + AroundName + Fixed(map.Values));
                break;
            case ArrayNode array:
                Visit(array.Items);
                _perItem = array.Items.MinBytes == 0 ? long.MaxValue : Math.Max(_perItem, Fixed(array.Items) + Comma);
                break;
        }
    }

    private void VisitUnion(UnionNode union)
    {
        for (int i = 0; i < union.Branches.Length; i++)
        {
            SchemaNode branch = union.Branches[i];
            Visit(branch);
            Gathers |= union.Gathers(i);
            _perByte = Math.Max(_perByte, Fixed(branch) + WrapBytes(union, i));
        }
    }

    private static int WrapBytes(UnionNode union, int branch) => union.Gathers(branch) ? Braces + NameBytes(union.Branches[branch].Name) : 0;

    /// <summary>What a value takes beside its own bytes, and without the unions, map entries and array items in it.</summary>
    private long Fixed(SchemaNode node)
    {
        switch (node)
        {
            case UnionNode:
                return 0;
            case RecordNode record:
                if (!_fixed.TryGetValue(record, out long known))
                {
                    known = Braces;
                    foreach (RecordField field in record.Fields)
                    {
                        known += NameBytes(field.Name) + Fixed(field.Node);
                    }

                    _fixed.Add(record, known);
                }

                return known;
            default:
                return LeafBytes(node);
        }
    }

    /// <summary>What a single value takes beside its own bytes, and the beginning and the end of an array or a map.</summary>
    private static long LeafBytes(SchemaNode leaf) => leaf switch
    {
        EnumNode symbols => NameBytes(symbols.Longest),
        DecimalNode number => number.Scale + AroundName + Braces,
        LogicalNode => MostOfLogical,
        StringNode or BytesNode or FixedNode or ArrayNode or MapNode => Braces,
        _ => MostOfNumber,
    };

    private long Of(SchemaNode node, ref AvroReader reader)
    {
        switch (node)
        {
            case RecordNode record:
                long bytes = Braces;
                foreach (RecordField field in record.Fields)
                {
                    bytes += NameBytes(field.Name) + Of(field.Node, ref reader);
                }

                return bytes;
            case UnionNode union:
                int branch = reader.ReadUnionIndex(union.Branches.Length);
                return WrapBytes(union, branch) + Of(union.Branches[branch], ref reader);
            case ArrayNode array:
                return Braces + OfItems(array.Items, isMap: false, ref reader);
            case MapNode map:
                return Braces + OfItems(map.Values, isMap: true, ref reader);
            default:
                return OfLeaf(node, ref reader);
        }
    }

    private long OfItems(SchemaNode node, bool isMap, ref AvroReader reader)
    {
        long bytes = 0;
        for (AvroBlock block = reader.ReadBlock(0); block.Count > 0; block = reader.ReadBlock(0))
        {
            if (!isMap && node.MinBytes == 0)
            {
                bytes += block.Count * (Fixed(node) + Comma);
                reader.EndBlock(block);
                continue;
            }

            for (int i = 0; i < block.Count; i++)
            {
                bytes += isMap ? (EscapedByte * (long)reader.ReadUtf8().Length) + AroundName : Comma;
                bytes += Of(node, ref reader);
            }

            reader.EndBlock(block);
        }

        return bytes;
    }

    private static long OfLeaf(SchemaNode leaf, ref AvroReader reader)
    {
        int start = reader.Consumed;
        var walk = default(AvroWalk);
        leaf.Skip(ref reader, ref walk);
        int encoded = reader.Consumed - start;
        return leaf switch
        {
            BooleanNode or NullNode => "false".Length,
            IntNode or LongNode => Digits(encoded),
            FloatNode or DoubleNode or LogicalNode { Underlying: IntNode or LongNode } => MostOfNumber,
            StringNode => Braces + ((long)EscapedByte * encoded),
            BytesNode or FixedNode => Braces + ((long)Base64Byte * encoded),
            LogicalNode { Underlying: StringNode } => Braces + ((long)EscapedByte * encoded),
            _ => LeafBytes(leaf) + (3L * encoded),
        };
    }

    // 7 bits a byte are at most 2.2 digits, and the sign is one more.
    private static long Digits(int encoded) => (3 * encoded) + 1;
}
