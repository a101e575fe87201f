using Headwater.Core.Schemas.Nodes;
using Headwater.Core.Schemas.Nodes.Logical;

namespace Headwater.Core.Schemas.Compilation;

/// <summary>
/// Makes the <see cref="SkipPlan"/> of a schema. Schemas with maps (whose keys must be distinct), with recursion, with items that may have no bytes, or of
/// unusual size have none.
/// </summary>
internal sealed class SkipPlanCompiler
{
    /// <summary>A record that is used in many places is flattened into each of them.</summary>
    private const int MostSteps = 2_000;

    /// <summary>A branch or symbol is read as one byte.</summary>
    private const int MostBranches = 64;

    private int _steps;

    private int _depth;

    /// <summary>The plan of a schema; null if it has none.</summary>
    public static SkipPlan? Of(SchemaNode node) => new SkipPlanCompiler().Plan(node);

    private SkipPlan? Plan(SchemaNode node)
    {
        var steps = new List<SkipStep>();
        return TryAdd(node, steps) ? new SkipPlan([.. steps]) : null;
    }

    private bool TryAdd(SchemaNode node, List<SkipStep> steps)
    {
        if (++_steps > MostSteps)
        {
            return false;
        }

        switch (node)
        {
            case NullNode:
                return true;
            case LogicalNode logical:
                return TryAdd(logical.Underlying, steps);
            case RecordNode record:
                return TryAddFields(record, steps);
            case ArrayNode array:
                return TryAddItems(array, steps);
            case UnionNode union:
                return TryAddBranches(union, steps);
            case EnumNode { Symbols: <= MostBranches } symbols:
                steps.Add(new SkipStep(SkipKind.Symbol, symbols.Symbols, []));
                return true;
            case FixedNode bytes:
                steps.Add(new SkipStep(SkipKind.Fixed, bytes.Size, []));
                return true;
            default:
                return TryAddScalar(node, steps);
        }
    }

    private static bool TryAddScalar(SchemaNode node, List<SkipStep> steps)
    {
        SkipStep? step = node switch
        {
            LongNode => new SkipStep(SkipKind.Long, 0, []),
            IntNode => new SkipStep(SkipKind.Int, 0, []),
            StringNode => new SkipStep(SkipKind.Text, 0, []),
            BytesNode => new SkipStep(SkipKind.Bytes, 0, []),
            DoubleNode => new SkipStep(SkipKind.Fixed, sizeof(double), []),
            FloatNode => new SkipStep(SkipKind.Fixed, sizeof(float), []),
            BooleanNode => new SkipStep(SkipKind.Boolean, 0, []),
            _ => null,
        };
        if (step is { } known)
        {
            steps.Add(known);
        }

        return step is not null;
    }

    private bool TryAddFields(RecordNode record, List<SkipStep> steps)
    {
        if (++_depth > ValueLimits.MaxDepth)
        {
            return false; // Of a recursive record, too.
        }

        foreach (RecordField field in record.Fields)
        {
            if (!TryAdd(field.Node, steps))
            {
                return false;
            }
        }

        _depth--;
        return true;
    }

    private bool TryAddItems(ArrayNode array, List<SkipStep> steps)
    {
        if (array.Items.MinBytes == 0 || ++_depth > ValueLimits.MaxDepth || Plan(array.Items) is not { } items)
        {
            return false;
        }

        _depth--;
        steps.Add(new SkipStep(SkipKind.Array, array.Items.MinBytes, [items]));
        return true;
    }

    private bool TryAddBranches(UnionNode union, List<SkipStep> steps)
    {
        if (union.Branches.Length > MostBranches)
        {
            return false;
        }

        var branches = new SkipPlan[union.Branches.Length];
        for (int i = 0; i < branches.Length; i++)
        {
            if (Plan(union.Branches[i]) is not { } branch)
            {
                return false;
            }

            branches[i] = branch;
        }

        steps.Add(new SkipStep(SkipKind.Union, branches.Length, branches));
        return true;
    }
}
