using System.Globalization;

namespace Headwater.Benchmarks.Ratios;

/// <summary>The ratios that were reached: a change that makes one much worse is noticed. An improvement raises them.</summary>
internal sealed class ExpectedRatios
{
    private const double Tolerance = 0.8;

    private readonly Dictionary<string, double> _ratios;

    private ExpectedRatios(Dictionary<string, double> ratios) => _ratios = ratios;

    /// <summary>Reads <c>ratios.expected</c> beside the program: on each line a ratio, a space and a name.</summary>
    public static ExpectedRatios Read() => new(
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "ratios.expected"))
            .Select(line => line.Split(' ', 2))
            .ToDictionary(parts => parts[1], parts => double.Parse(parts[0], CultureInfo.InvariantCulture), StringComparer.Ordinal));

    /// <summary>The expected ratio.</summary>
    public double Of(string name) =>
        _ratios.TryGetValue(name, out double ratio) ? ratio : throw new InvalidOperationException($"ratios.expected has no line for '{name}'.");

    /// <summary>Whether a ratio is at most 20 % below the expected one.</summary>
    public bool IsReached(string name, double ratio) => ratio >= Of(name) * Tolerance;
}
