using System.Globalization;
using Headwater.Hostile.Clients;

namespace Headwater.Hostile.Running;

/// <summary>A window without an attack and the one with it that follows.</summary>
/// <param name="Without">What the clients saw before the attack.</param>
/// <param name="With">What they saw during it.</param>
/// <param name="Peak">The most bytes that were resident in either.</param>
/// <param name="HasEnded">Whether the host ended.</param>
/// <param name="Answers">How the host answered the attack.</param>
internal sealed record Pair(Window Without, Window With, long Peak, bool HasEnded, string Answers)
{
    private const double LeastFirstTries = 0.95;

    private static readonly TimeSpan Acceptable = TimeSpan.FromSeconds(1);

    public const string Head = "attack                              p99 ms: without    with  first tries  peak MB  answers to the attack";

    /// <summary>Judged by the best pair.</summary>
    /// <param name="slower">Multiplies the limit.</param>
    public bool IsFast(double slower) => With.Slow <= Acceptable * slower || With.Slow / 3 / slower <= Without.Slow;

    public string Line(string name) => string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-36}{Text(Without.Slow),15}{Text(With.Slow),8}{With.FirstTries,13:P1}{Peak >> 20,9}  {Answers}{(HasEnded ? "; THE HOST ENDED" : "")}");

    private static string Text(TimeSpan slow) => slow == TimeSpan.MaxValue ? "never" : $"{slow.TotalMilliseconds:0}";

    /// <summary>What must hold in every pair.</summary>
    /// <param name="limit">Bytes that the host may use.</param>
    public IEnumerable<string> Failures(long limit)
    {
        if (HasEnded)
        {
            yield return "the host ended";
        }

        if (With.FirstTries < LeastFirstTries)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"only {With.FirstTries:P1} of {With.Count} first tries succeeded");
        }

        foreach (string failure in Without.Failures.Concat(With.Failures).Distinct().Take(3))
        {
            yield return failure;
        }

        if (Peak >= limit)
        {
            yield return $"the host had {Peak >> 20:N0} MB resident, beyond the {limit >> 20:N0} MB that it may use";
        }
    }
}
