namespace Headwater.Core.Positions;

/// <summary>Offsets from <paramref name="Start"/> (included) to <paramref name="End"/> (excluded).</summary>
/// <exception cref="ArgumentOutOfRangeException">The end lies before the start.</exception>
public readonly record struct OffsetRange(Offset Start, Offset End)
{
    public Offset End { get; } = End >= Start ? End : throw new ArgumentOutOfRangeException(nameof(End), End, "A range ends where it starts or later.");

    public long Count => End - Start;

    public bool IsEmpty => Start == End;

    public bool Contains(Offset offset) => offset >= Start && offset < End;

    public override string ToString() => $"[{Start}, {End})";
}
