namespace Headwater.Benchmarks.Ratios;

/// <summary>A figure: our loop beside a rival's.</summary>
/// <param name="Name">What is compared.</param>
/// <param name="Items">Events that one call of either loop handles.</param>
/// <param name="Ours">Our loop.</param>
/// <param name="Rival">The rival's loop over the same input.</param>
/// <param name="Goal">The least speed of ours as a multiple of the rival's; null if the line is only reported.</param>
internal sealed record Ratio(string Name, int Items, Action Ours, Action Rival, double? Goal)
{
    /// <summary>The most bytes that ours may allocate for an event; null: any number.</summary>
    public double? MostBytes { get; init; }
}
