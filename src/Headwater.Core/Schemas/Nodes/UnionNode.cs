using System.Text;
using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>
/// A value of one of several types. In JSON it is written bare. If the bare value would be read as another branch, it is wrapped in an
/// object with one member, named after the branch (the JSON encoding of the specification). <see cref="UnionReading"/> has the rules.
/// </summary>
/// <param name="branches">The types, in the schema's order.</param>
/// <param name="wraps">False for the union of a tombstone and the value, which is not part of the stream's own schema.</param>
/// <param name="namesNull">False if messages leave null out, because the stream's own schema does not contain null.</param>
internal sealed class UnionNode(SchemaNode[] branches, bool wraps, bool namesNull = true) : SchemaNode
{
    private readonly SchemaNode[] _branches = branches;
    private readonly byte[][] _names = [.. branches.Select(branch => Encoding.ASCII.GetBytes(branch.Name))];
    private UnionReading? _reading;
    private bool[] _checked = [];

    public override string Name => "union";

    public override JsonShapes Written => JsonShapes.None;

    public override int MinBytes => 1;

    public ReadOnlySpan<SchemaNode> Branches => _branches;

    /// <summary>The branches that messages name.</summary>
    public IReadOnlyList<SchemaNode> Named => namesNull ? _branches : [.. _branches.Where(branch => branch is not NullNode)];

    public UnionReading Reading => _reading ?? throw new InvalidOperationException("The union is not complete.");

    /// <summary>Whether the text of a branch's values is gathered, to see whether another branch would take it.</summary>
    public bool Gathers(int branch) => _checked[branch];

    /// <summary>A branch's name as UTF-8.</summary>
    public ReadOnlySpan<byte> NameOf(int branch) => _names[branch];

    /// <summary>Prepares the choice between the branches, after the branches are complete.</summary>
    public void Complete()
    {
        _reading = new UnionReading(this, wraps);
        _checked = UnionOverlap.Find(_branches, wraps);
    }

    public override bool TryWrite(JsonElement value, ref JsonToAvro to)
    {
        UnionChoice choice = Reading.Choose(value, ref to);
        if (!choice.Found)
        {
            return to.Probing ? false : Reading.Explain(value, ref to);
        }

        // A trial asks only whether the value fits, and the search for the branch has found that it does.
        if (to.Probing && choice.Trial is { } cost)
        {
            return to.TryRepeat(cost);
        }

        to.Output.WriteUnionIndex(choice.Branch);
        if (choice.Trial is null)
        {
            return TryWriteBranch(choice, value, ref to);
        }

        to.Unions.Hold();
        bool written = TryWriteBranch(choice, value, ref to);
        to.Unions.Release();
        return written;
    }

    public override bool TryWriteNext(ref JsonInput from)
    {
        int branch = Reading.Only(in from);
        if (branch < 0)
        {
            return from.TryWriteScalar(this);
        }

        from.Output.WriteLong(branch);
        return _branches[branch].TryWriteNext(ref from);
    }

    public override bool TryWriteDefault(JsonElement value, DefaultWriter to)
    {
        for (int i = 0; i < _branches.Length; i++)
        {
            if (to.TryBranch(i, _branches[i], value))
            {
                return true;
            }
        }

        return false;
    }

    public override void Skip(ref AvroReader reader, ref AvroWalk walk) =>
        _branches[reader.ReadUnionIndex(_branches.Length)].Skip(ref reader, ref walk);

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to)
    {
        int branch = reader.ReadUnionIndex(_branches.Length);
        if (_checked[branch])
        {
            WriteMarked(branch, ref reader, ref to);
        }
        else
        {
            _branches[branch].WriteJson(ref reader, ref to);
        }
    }

    public override void WriteMember(JsonEncodedText name, ref AvroReader reader, ref AvroToJson to)
    {
        int branch = reader.ReadUnionIndex(_branches.Length);
        if (_checked[branch])
        {
            to.Json.WritePropertyName(name);
            WriteMarked(branch, ref reader, ref to);
        }
        else
        {
            _branches[branch].WriteMember(name, ref reader, ref to);
        }
    }

    private bool TryWriteBranch(UnionChoice choice, JsonElement value, ref JsonToAvro to)
    {
        if (!choice.Wrapped)
        {
            return _branches[choice.Branch].TryWrite(value, ref to);
        }

        JsonProperty wrapped = UnionReading.Only(value);
        return _branches[choice.Branch].TryWrite(to.Shown(wrapped.Value), ref to) || to.Within(wrapped);
    }

    /// <summary>Writes a value whose form is decided when the text of the outermost such value is complete.</summary>
    private void WriteMarked(int branch, ref AvroReader reader, ref AvroToJson to)
    {
        if (to.Unions is { } outer)
        {
            outer.Begin(this, branch, to.Walk.Depth);
            _branches[branch].WriteJson(ref reader, ref to);
            outer.End();
            return;
        }

        using var text = UnionText.Rent(to.Json);
        Utf8JsonWriter json = to.Json;
        (to.Json, to.Unions) = (text.Json, text);
        text.Begin(this, branch, to.Walk.Depth);
        _branches[branch].WriteJson(ref reader, ref to);
        text.End();
        (to.Json, to.Unions) = (json, null);
        json.WriteRawValue(text.Finish(), skipInputValidation: true);
    }
}
