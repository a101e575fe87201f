namespace Headwater.Core.Positions;

/// <summary>A half-open range of offsets: <paramref name="Start"/> is included, <paramref name="End"/> is not.</summary>
/// <param name="Start">The first offset of the range.</param>
/// <param name="End">The offset after the last; equal to <paramref name="Start"/> if the range is empty.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="End"/> is below <paramref name="Start"/>.</exception>
public readonly record struct OffsetRange(Offset Start, Offset End)
{
    /// <summary>The offset after the last one of the range.</summary>
    public Offset End { get; } = End >= Start
        ? End
        : throw new ArgumentOutOfRangeException(nameof(End), End, "The end of a range must not be below its start.");

    /// <summary>The number of offsets in the range. After compaction, fewer of them may have events.</summary>
    public long Count => End - Start;

    /// <summary>Whether the range contains no offset.</summary>
    public bool IsEmpty => Start == End;

    /// <summary>Whether the offset is at or after <see cref="Start"/> and before <see cref="End"/>.</summary>
    public bool Contains(Offset offset) => offset >= Start && offset < End;

    /// <summary>The range as <c>[start, end)</c>.</summary>
    public override string ToString() => $"[{Start}, {End})";
}
