using Headwater.Simulation.Runs;
using Xunit;

namespace Headwater.Simulation;

public sealed class SeedTests
{
    private const int Seeds = 60;

    [Fact]
    public void A_hundred_seeds_hold_every_guarantee()
    {
        var failed = new List<string>();
        var run = new ManySeeds(1, Seeds, Environment.ProcessorCount, stopAtFirst: false)
        {
            Failed = result => failed.Add(
                $"seed {result.Seed}: {result.Violations[0]} (replay: dotnet run --project tests/Headwater.Simulation -- --seed {result.Seed} --trace)"),
        };
        run.Run();
        Assert.Empty(failed);
    }
}
