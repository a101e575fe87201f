using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>Finds the branches of a union whose bare values may be read as another branch. Only their values are checked one by one.</summary>
internal static class UnionOverlap
{
    /// <returns>For each branch, whether its values must be checked.</returns>
    public static bool[] Find(SchemaNode[] branches, bool wraps)
    {
        bool[] overlapped = new bool[branches.Length];
        if (!wraps)
        {
            return overlapped;
        }

        for (int later = 1; later < branches.Length; later++)
        {
            for (int earlier = 0; earlier < later; earlier++)
            {
                overlapped[later] |= Overlap(branches[earlier], branches[later]);
            }
        }

        // Without wrapped values, no bare value can be mistaken for a wrapped one.
        if (!overlapped.Contains(true))
        {
            return overlapped;
        }

        for (int i = 0; i < branches.Length; i++)
        {
            overlapped[i] |= MayLookWrapped(branches[i], branches);
        }

        return overlapped;
    }

    private static bool Overlap(SchemaNode earlier, SchemaNode later)
    {
        if ((earlier.Natural & later.Written) == JsonShapes.None)
        {
            return false;
        }

        return (earlier, later) is not (RecordNode taker, RecordNode written) || MayTake(taker, written);
    }

    /// <summary>Whether a record type may accept the bare values of another: they contain all its required fields and no unknown field.</summary>
    private static bool MayTake(RecordNode taker, RecordNode written)
    {
        foreach (RecordField field in written.Fields)
        {
            if (!Has(taker, field.Name))
            {
                return false;
            }
        }

        foreach (RecordField field in taker.Fields)
        {
            if (field.Default is null && !Has(written, field.Name))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Has(RecordNode record, string name)
    {
        foreach (RecordField field in record.Fields)
        {
            if (field.Name == name)
            {
                return true;
            }
        }

        return false;
    }

    private static bool MayLookWrapped(SchemaNode branch, SchemaNode[] branches) => branch switch
    {
        MapNode => true,
        RecordNode { Fields.Length: 1 } record => Array.Exists(branches, other => other.Name == record.Fields[0].Name),
        _ => false,
    };
}
