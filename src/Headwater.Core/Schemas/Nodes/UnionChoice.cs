namespace Headwater.Core.Schemas.Nodes;

/// <summary>The branch of a union that accepts a value.</summary>
/// <param name="Branch">The index of the branch; negative if no branch accepts the value.</param>
/// <param name="Wrapped">Whether the value is an object with one member, named after the branch, that contains the branch's value.</param>
/// <param name="Trial">What the branch's value takes; null if the value was not tried.</param>
internal readonly record struct UnionChoice(int Branch, bool Wrapped, TrialCost? Trial)
{
    public static UnionChoice None => new(-1, false, null);

    public bool Found => Branch >= 0;

    public bool IsBare(int branch) => Branch == branch && !Wrapped;
}

/// <summary>What a value takes of the limits of the value around it.</summary>
/// <param name="Levels">The levels that it nests.</param>
/// <param name="EmptyItems">Its array items without bytes.</param>
internal readonly record struct TrialCost(int Levels, int EmptyItems);
