using Headwater.Core.Schemas.Nodes;

namespace Headwater.Core.Schemas.Compilation;

/// <summary>
/// Computes the smallest size of every record. Rejects records that have no possible value or cost much work for few bytes: a record that
/// directly contains itself, records nested too deep, and records with many nested fields that occupy no bytes.
/// </summary>
internal sealed class SchemaSizes
{
    private const int FreeParts = 256;
    private const int PartsPerByte = 4;

    private readonly Dictionary<RecordNode, (long Parts, int Depth)> _known = [];
    private readonly HashSet<RecordNode> _open = [];

    /// <exception cref="SchemaException">The record is rejected.</exception>
    public void Measure(RecordNode record)
    {
        if (_known.ContainsKey(record))
        {
            return;
        }

        if (!_open.Add(record))
        {
            throw new SchemaException($"record {record.Name} contains itself without a union, array or map in between, so it has no possible value");
        }

        if (_open.Count > ValueLimits.MaxDepth)
        {
            throw TooDeep(record);
        }

        long bytes = 0;
        long parts = 1;
        int depth = 1;
        foreach (RecordField field in record.Fields)
        {
            if (field.Node is RecordNode inner)
            {
                Measure(inner);
                (long innerParts, int innerDepth) = _known[inner];
                parts += innerParts;
                depth = Math.Max(depth, 1 + innerDepth);
            }
            else
            {
                parts++;
            }

            bytes += field.Node.MinBytes;
        }

        if (depth > ValueLimits.MaxDepth)
        {
            throw TooDeep(record);
        }

        if (parts > FreeParts + (PartsPerByte * bytes))
        {
            throw new SchemaException($"record {record.Name} unfolds to {parts} parts that take {bytes} bytes: too many without any");
        }

        _open.Remove(record);
        _known[record] = (parts, depth);
        record.CompleteSize((int)Math.Min(int.MaxValue, bytes));
    }

    private static SchemaException TooDeep(RecordNode record) =>
        new($"record {record.Name} nests records more than {ValueLimits.MaxDepth} deep");
}
