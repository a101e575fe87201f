using Xunit;

namespace Headwater.Simulation.Contention;

public sealed class ContentionTests(ITestOutputHelper output)
{
    private const int Writers = 8;

    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 10).Select(i => (ulong)i)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Eight_writers_store_at_least_seven_tenths_of_what_one_does(ulong seed)
    {
        int alone = OfferedLoad.Run(seed, 1).Sum();
        int together = OfferedLoad.Run(seed, Writers).Sum();
        output.WriteLine($"one writer {alone}, eight {together}");
        Assert.True(together >= 0.7 * alone, $"one writer stored {alone}, eight {together}");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_slowest_of_eight_writers_gets_at_least_half_its_fair_share(ulong seed)
    {
        int[] together = OfferedLoad.Run(seed, Writers);
        output.WriteLine(string.Join(' ', together));
        Assert.True(together.Min() >= 0.5 * together.Sum() / Writers, string.Join(' ', together));
    }
}
