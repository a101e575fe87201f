
namespace Headwater.Core.Schemas.Nodes;

/// <summary>
/// Which branch each object or array of a value was found to take. Without it, unions of records that hold such unions again
/// would be tried over and over: twice as often with every level.
/// </summary>
internal struct UnionMemo
{
    private Dictionary<(UnionNode Union, int Position, bool NaturalOnly), UnionChoice>? _known;

    public readonly bool TryGet(UnionNode union, int position, bool naturalOnly, out UnionChoice choice)
    {
        choice = default;
        return _known is not null && _known.TryGetValue((union, position, naturalOnly), out choice);
    }

    public void Add(UnionNode union, int position, bool naturalOnly, UnionChoice choice) =>
        (_known ??= [])[(union, position, naturalOnly)] = choice;
}

/// <summary>How a union takes a value.</summary>
/// <param name="Branch">The index of the branch; negative when there is none.</param>
/// <param name="Wrapped">Whether the value is an object around the branch's value, named after the branch.</param>
internal readonly record struct UnionChoice(int Branch, bool Wrapped)
{
    public static UnionChoice None => new(-1, false);

    public bool Found => Branch >= 0;
}
