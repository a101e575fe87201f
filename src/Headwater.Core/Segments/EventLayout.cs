namespace Headwater.Core.Segments;

/// <summary>Sizes and branch numbers of the record HeadwaterEvent. Stored data depends on these numbers, so they must never change.</summary>
internal static class EventLayout
{
    /// <summary>Every optional field is a union of null and one other type.</summary>
    public const int NullBranch = 0;
    public const int PresentBranch = 1;
    public const int OptionalBranches = 2;

    /// <summary>One byte each for offset, appended, time, key, headers, batch and the value's branch.</summary>
    public const int MinEventBytes = 7;

    /// <summary>One byte each for the length of the name and of the value.</summary>
    public const int MinHeaderBytes = 2;

    public const int IdBytes = 16;
}
