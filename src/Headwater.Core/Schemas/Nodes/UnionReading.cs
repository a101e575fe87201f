using System.Numerics;
using System.Text.Json;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>
/// Chooses the branch of a JSON value, in this order:
/// the branch that the value is wrapped for, if the bare inner value would be read as another branch;
/// the first branch that accepts the value in its natural form (the form in which it is written);
/// the branch that the value is wrapped for unnecessarily;
/// then the same three with every accepted form (for example a long as a string).
/// Invariant: a value is written bare only if that reads back as the same branch, so every written value reads back unchanged.
/// </summary>
internal sealed class UnionReading
{
    private readonly UnionNode _union;
    private readonly NameTable? _names;
    private readonly int[][] _takers;

    public UnionReading(UnionNode union, bool wraps)
    {
        _union = union;
        SchemaNode[] branches = union.Branches.ToArray();
        _takers = [.. Enumerable.Range(0, JsonShape.Count).Select(shape => Takers(branches, (JsonShapes)(1 << shape)))];
        if (wraps)
        {
            _names = new NameTable(branches.Select(branch => branch.Name));
        }
    }

    /// <summary>The one member of an object.</summary>
    public static JsonProperty Only(JsonElement value)
    {
        JsonElement.ObjectEnumerator members = value.EnumerateObject();
        members.MoveNext();
        return members.Current;
    }

    /// <summary>
    /// The branch to try. If only one branch accepts the shape, it is chosen without a trial, because its mismatch is the most precise. Inside a trial no
    /// mismatch is described, and what is found is remembered, so that the trials of the unions around this one do not repeat it.
    /// </summary>
    public UnionChoice Choose(JsonElement value, ref JsonToAvro to)
    {
        int[] takers = TakersOf(JsonShape.Of(value));
        if (!to.Probing && takers.Length == 1 && WrappedFor(value, ref to) < 0)
        {
            return new UnionChoice(takers[0], Wrapped: false, Trial: null);
        }

        UnionChoice natural = Find(value, naturalOnly: true, ref to);
        return natural.Found || to.NaturalOnly ? natural : Find(value, naturalOnly: false, ref to);
    }

    /// <summary>The only branch that can accept the value that the reader is at, as far as its first tokens show; negative if several can, or none.</summary>
    public int Only(ref readonly JsonInput from)
    {
        ReadOnlySpan<byte> text = from.Reader.ValueSpan;
        int[] takers = from.Reader.TokenType switch
        {
            JsonTokenType.Null => TakersOf(JsonShapes.Null),
            JsonTokenType.True or JsonTokenType.False => TakersOf(JsonShapes.Boolean),
            JsonTokenType.Number => TakersOf(JsonShape.OfNumber(text)),
            JsonTokenType.String => TakersOf(JsonShape.OfText(text)),
            JsonTokenType.StartArray => TakersOf(JsonShapes.Array),
            JsonTokenType.StartObject when !MayBeWrapped(from.Reader) => TakersOf(JsonShapes.Object),
            _ => [],
        };
        return takers.Length == 1 ? takers[0] : -1;
    }

    /// <summary>Whether the bare value of a branch is read as that branch.</summary>
    /// <param name="branch">The branch.</param>
    /// <param name="bare">The value as JSON.</param>
    /// <param name="to">At the value. Keeps what is found, for the values around it.</param>
    public bool Takes(int branch, JsonElement bare, ref JsonToAvro to) =>
        TakesByShape(branch, JsonShape.Of(bare)) || Find(bare, naturalOnly: true, ref to).IsBare(branch);

    /// <summary>Whether the shape alone says that a bare value of a branch is read as that branch.</summary>
    public bool TakesByShape(int branch, JsonShapes shape) => shape != JsonShapes.Object && TakersOf(shape)[0] == branch;

    /// <summary>Records why no branch accepts a value.</summary>
    /// <returns>Always false.</returns>
    public bool Explain(JsonElement value, ref JsonToAvro to)
    {
        int wrappedFor = WrappedFor(value, ref to);
        if (wrappedFor >= 0)
        {
            JsonProperty wrapped = Only(value);
            if (!_union.Branches[wrappedFor].TryWrite(wrapped.Value, ref to))
            {
                return to.Within(wrapped);
            }
        }

        IReadOnlyList<SchemaNode> named = _union.Named;
        return named.Count == 1 && named.Count < _union.Branches.Length
            ? named[0].TryWrite(value, ref to)
            : to.Expected("one of " + string.Join(", ", named.Select(branch => branch.Name)), value);
    }

    private static int[] Takers(SchemaNode[] branches, JsonShapes shape) =>
        [.. Enumerable.Range(0, branches.Length).Where(i => (branches[i].Accepted & shape) != JsonShapes.None)];

    private int[] TakersOf(JsonShapes shape) => _takers[BitOperations.TrailingZeroCount((int)shape)];

    private UnionChoice Find(JsonElement value, bool naturalOnly, ref JsonToAvro to)
    {
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            return FindBare(value, naturalOnly, ref to);
        }

        int position = to.PositionOf(value);
        if (to.Unions.TryGet(_union, position, naturalOnly, out UnionChoice known))
        {
            return known;
        }

        UnionChoice choice = FindWrappedOrBare(value, naturalOnly, ref to);
        to.Unions.Add(_union, position, naturalOnly, choice);
        return choice;
    }

    private UnionChoice FindWrappedOrBare(JsonElement value, bool naturalOnly, ref JsonToAvro to)
    {
        int wrappedFor = WrappedFor(value, ref to);
        if (wrappedFor < 0)
        {
            return FindBare(value, naturalOnly, ref to);
        }

        JsonElement inner = to.Shown(Only(value).Value);
        if (!to.Fits(_union.Branches[wrappedFor], inner, naturalOnly, out TrialCost cost))
        {
            return FindBare(value, naturalOnly, ref to);
        }

        var wrapped = new UnionChoice(wrappedFor, Wrapped: true, cost);
        if (!Find(inner, naturalOnly, ref to).IsBare(wrappedFor))
        {
            return wrapped;
        }

        UnionChoice bare = FindBare(value, naturalOnly, ref to);
        return bare.Found ? bare : wrapped;
    }

    private UnionChoice FindBare(JsonElement value, bool naturalOnly, ref JsonToAvro to)
    {
        foreach (int branch in TakersOf(JsonShape.Of(value)))
        {
            if (to.Fits(_union.Branches[branch], value, naturalOnly, out TrialCost cost))
            {
                return new UnionChoice(branch, Wrapped: false, cost);
            }
        }

        return UnionChoice.None;
    }

    /// <summary>Whether the first member of an object is named like a branch.</summary>
    /// <param name="reader">A copy, at the beginning of the object.</param>
    private bool MayBeWrapped(Utf8JsonReader reader) =>
        _names is not null
        && reader.Read()
        && reader.TokenType == JsonTokenType.PropertyName
        && (reader.ValueIsEscaped || _names.Find(reader.ValueSpan) >= 0);

    /// <summary>The branch that the only member of an object is named after, or -1. Null is never wrapped.</summary>
    private int WrappedFor(JsonElement value, ref JsonToAvro to)
    {
        if (_names is null || value.ValueKind != JsonValueKind.Object || value.GetPropertyCount() != 1)
        {
            return -1;
        }

        if (!to.TryGetName(Only(value), out ReadOnlySpan<byte> name))
        {
            return -1;
        }

        int branch = _names.Find(name);
        return branch >= 0 && _union.Branches[branch] is NullNode ? -1 : branch;
    }
}
