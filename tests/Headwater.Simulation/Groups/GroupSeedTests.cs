using Headwater.Simulation.Runs;
using Headwater.Simulation.Service;
using Xunit;

namespace Headwater.Simulation.Groups;

public sealed class GroupSeedTests
{
    private const int Seeds = 10;

    private const int Calls = 90;

    [Fact]
    public void The_first_seeds_of_consumer_groups_hold_every_guarantee()
    {
        var failed = new List<string>();
        var run = new ManySeeds(1, Seeds, Environment.ProcessorCount, stopAtFirst: false)
        {
            RunSeed = seed => GroupRun.Run(seed, trace: false),
            Failed = result => failed.Add(
                $"seed {result.Seed}: {result.Violations[0]} "
                    + $"(replay: dotnet run --project tests/Headwater.Simulation -- --groups --seed {result.Seed} --trace)"),
        };
        run.Run();
        Assert.Empty(failed);
    }

    [Theory]
    [InlineData((int)CrashMoment.BeforeSending)]
    [InlineData((int)CrashMoment.AfterSending)]
    [InlineData((int)CrashMoment.AfterApplying)]
    public void An_instance_that_dies_at_any_storage_call_of_a_group_breaks_nothing(int moment)
    {
        List<string> broken = [];
        for (int call = moment; call <= Calls; call += 3) // Covers each call once, split between the moments.
        {
            int made = 0;
            var run = new GroupRun(1, trace: false, _ => Small);
            run.Fleet.CrashAt = (_, _) => ++made == call ? (CrashMoment)moment : CrashMoment.Never;
            broken.AddRange(run.Run().Violations.Select(v => $"call {call}: {v}"));
        }

        Assert.Empty(broken);
    }

    [Fact]
    public void A_seed_run_twice_leaves_the_same_trace() => Assert.Equal(GroupRun.Run(3, trace: true).Trace, GroupRun.Run(3, trace: true).Trace);

    /// <summary>Guards against simulations that exercise nothing.</summary>
    [Fact]
    public void Commits_transfers_rewinds_and_restorations_happen()
    {
        int[] counts = new int[4];
        for (ulong seed = 1; seed <= 8; seed++)
        {
            var run = new GroupRun(seed, trace: false, GroupPlan.Draw);
            run.Run();
            counts[0] += run.Watch.Commits;
            counts[1] += run.Watch.Transfers;
            counts[2] += run.Watch.Rewound;
            counts[3] += run.Watch.Restored;
        }

        Assert.DoesNotContain(0, counts);
    }

    private static GroupPlan Small => new(new Instances.SimulationPlan
    {
        Options = new Headwater.Log.Model.LogOptions(),
        CallTimeout = TimeSpan.FromMilliseconds(500),
        Faults = FaultProfile.Calm with { LatestLanding = TimeSpan.FromSeconds(1) },
        Troubles = new Instances.TroubleMix { LongestFreeze = TimeSpan.FromSeconds(1) },
        Instances = 2,
        Partitions = 3,
        Operations = 90,
    })
    {
        Processes = 2,
        Leaves = 0.2,
        Deaths = 0.1,
        HasPlainConsumer = true,
        Rewinds = TimeSpan.FromSeconds(20),
    };
}
