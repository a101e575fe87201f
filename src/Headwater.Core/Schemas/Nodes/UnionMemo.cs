
namespace Headwater.Core.Schemas.Nodes;

/// <summary>
/// The branch found for each object or array of a value. Without it, unions of records that contain such unions would be tried repeatedly,
/// and the number of tries would double with every level.
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

/// <summary>The branch of a union that accepts a value.</summary>
/// <param name="Branch">The index of the branch; negative if no branch accepts the value.</param>
/// <param name="Wrapped">Whether the value is an object with one member, named after the branch, that contains the branch's value.</param>
internal readonly record struct UnionChoice(int Branch, bool Wrapped)
{
    public static UnionChoice None => new(-1, false);

    public bool Found => Branch >= 0;
}
