using Headwater.Testing;

namespace Headwater.Simulation.Scheduling;

/// <summary>Draws every choice of a simulation from its seed.</summary>
internal sealed class Chance(ulong seed)
{
    private readonly SeededRandomness _words = new(seed);

    /// <summary>A value in [0, <paramref name="bound"/>).</summary>
    public int Below(int bound) => _words.NextBelow(bound);

    /// <summary>A value in [<paramref name="least"/>, <paramref name="most"/>], both inclusive.</summary>
    public int Between(int least, int most) => least + _words.NextBelow(most - least + 1);

    public double Fraction() => (_words.NextWord() >> 11) * (1.0 / (1UL << 53));

    public bool Happens(double probability) => probability > 0 && Fraction() < probability;

    public ulong Word() => _words.NextWord();

    /// <summary>A duration distributed evenly over orders of magnitude, so that short and very long ones both occur.</summary>
    public TimeSpan LogTime(TimeSpan least, TimeSpan most) => least * Math.Pow(most / least, Fraction());

    public TimeSpan Time(TimeSpan least, TimeSpan most) => least + ((most - least) * Fraction());

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];
}
