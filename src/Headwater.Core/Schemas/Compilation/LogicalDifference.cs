using Headwater.Core.Schemas.Nodes;
using Headwater.Core.Schemas.Nodes.Logical;

namespace Headwater.Core.Schemas.Compilation;

/// <summary>Compares the logical types of two schemas whose parsing canonical forms are equal, so that the trees have the same shape.</summary>
internal sealed class LogicalDifference
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <returns>Null unless the writer states a logical type where the other schema has none, or another.</returns>
    public static string? Find(SchemaNode own, SchemaNode writer) => new LogicalDifference().Between(own, writer, "");

    private string? Between(SchemaNode own, SchemaNode writer, string pointer)
    {
        if (writer is LogicalNode stated)
        {
            string? has = (own as LogicalNode)?.LogicalType;
            return has == stated.LogicalType ? null : $"{SchemaText.At(pointer)} is {stated.LogicalType} in the file and {has ?? own.Name} in the stream";
        }

        return (own, writer) switch
        {
            (RecordNode record, RecordNode other) => _seen.Add(record.Name) ? OfFields(record, other, pointer) : null,
            (ArrayNode array, ArrayNode other) => Between(array.Items, other.Items, pointer + "/items"),
            (MapNode map, MapNode other) => Between(map.Values, other.Values, pointer + "/values"),
            (UnionNode union, UnionNode other) => OfBranches(union, other, pointer),
            _ => null,
        };
    }

    private string? OfFields(RecordNode own, RecordNode writer, string pointer)
    {
        for (int i = 0; i < own.Fields.Length; i++)
        {
            if (Between(own.Fields[i].Node, writer.Fields[i].Node, $"{pointer}/{own.Fields[i].Name}") is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private string? OfBranches(UnionNode own, UnionNode writer, string pointer)
    {
        for (int i = 0; i < own.Branches.Length; i++)
        {
            if (Between(own.Branches[i], writer.Branches[i], pointer) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }
}
