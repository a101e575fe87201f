using Headwater.Core.Segments;
using Headwater.Log;
using Headwater.Simulation.Checking;
using Headwater.Simulation.Instances;
using Headwater.Simulation.Runs;
using Headwater.Simulation.Service;
using Xunit;

namespace Headwater.Simulation;

/// <summary>One small history with rolls, checkpoints and producers of every kind, run again and again: each time an instance dies at the next storage call.</summary>
public sealed class CrashPointTests
{
    private const ulong Seed = 1;

    private const int Calls = 250;

    private static readonly SimulationPlan Plan = new()
    {
        Options = new LogOptions
        {
            SegmentAppends = 4,
            CheckpointAppends = 3,
            CallTimeout = TimeSpan.FromMilliseconds(500),
            AppendPatience = TimeSpan.FromSeconds(2),
        },
        Codec = BlockCodec.Null,
        Instances = 2,
        Operations = 80,
        Clients = new ClientMix { Plain = 1, Keyed = 1, Sequenced = 1, Tailing = 1 },
    };

    [Theory]
    [InlineData((int)CrashMoment.BeforeSending)]
    [InlineData((int)CrashMoment.AfterSending)]
    [InlineData((int)CrashMoment.AfterApplying)]
    public void A_crash_at_any_storage_call_breaks_nothing(int moment)
    {
        List<string> broken = [];
        for (int call = 1; call <= Calls; call++)
        {
            broken.AddRange(CrashAt(call, (CrashMoment)moment).Select(v => $"call {call}: {v}"));
        }

        Assert.Empty(broken);
    }

    [Fact]
    public void The_calls_tried_are_about_all_there_are()
    {
        var run = new SeedRun(Seed, trace: false, _ => Plan);
        Assert.InRange(run.Run().StorageCalls, Calls, Calls * 2);
    }

    private static IReadOnlyList<Violation> CrashAt(int call, CrashMoment moment)
    {
        int made = 0;
        var run = new SeedRun(Seed, trace: false, _ => Plan);
        run.Fleet.CrashAt = (_, _) => ++made == call ? moment : CrashMoment.Never;
        return run.Run().Violations;
    }
}
