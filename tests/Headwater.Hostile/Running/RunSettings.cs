namespace Headwater.Hostile.Running;

/// <param name="Assembly">The host's assembly.</param>
/// <param name="IsOther">Whether it is another build's, which is measured and not judged.</param>
/// <param name="Megabytes">Memory that the host may use.</param>
/// <param name="Length">The length of a window.</param>
/// <param name="Seed">Orders the attacks.</param>
/// <param name="Name">Only the attacks whose names contain it.</param>
internal sealed record RunSettings(string Assembly, bool IsOther, int Megabytes, TimeSpan Length, int Seed, string Name)
{
    /// <summary>Multiplies the limit of the 99th percentile.</summary>
    public double Slower { get; init; } = 1;
}
