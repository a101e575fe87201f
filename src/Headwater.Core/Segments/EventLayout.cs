namespace Headwater.Core.Segments;

/// <summary>Sizes and branch numbers of the record HeadwaterEvent. Stored data depends on them: they never change.</summary>
internal static class EventLayout
{
    /// <summary>Every optional field is a union of null and one other type.</summary>
    public const int NullBranch = 0;
    public const int PresentBranch = 1;
    public const int OptionalBranches = 2;

    /// <summary>One byte each for offset, appended, time, key, headers, batch and the value's branch.</summary>
    public const int MinEventBytes = 7;

    /// <summary>A name's and a value's length.</summary>
    public const int MinHeaderBytes = 2;

    public const int IdBytes = 16;
}
