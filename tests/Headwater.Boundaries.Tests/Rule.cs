using Xunit;

namespace Headwater.Boundaries.Tests;

internal static class Rule
{
    /// <summary>Fails if there is an offender. The message names all offenders, not only the first.</summary>
    public static void IsBrokenByNone(IEnumerable<string> offenders)
    {
        string all = string.Join('\n', offenders);

        Assert.True(all.Length == 0, "Broken by:\n" + all);
    }
}
