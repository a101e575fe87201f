namespace Headwater.Infrastructure.Tests;

internal static class Rule
{
    /// <summary>Fails naming every offender, not only the first.</summary>
    public static void IsBrokenByNone(IEnumerable<string> offenders)
    {
        string all = string.Join('\n', offenders);

        Assert.True(all.Length == 0, "Broken by:\n" + all);
    }
}
