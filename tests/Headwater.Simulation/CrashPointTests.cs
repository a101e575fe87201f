using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Simulation.Instances;
using Headwater.Simulation.Runs;
using Headwater.Simulation.Service;
using Xunit;

namespace Headwater.Simulation;

/// <summary>Runs small histories repeatedly; in each run an instance dies at the next storage call.</summary>
public sealed class CrashPointTests
{
    private const ulong Seed = 1;

    /// <summary>Rolls, checkpoints and producers of every kind.</summary>
    private static readonly SimulationPlan Appends = new()
    {
        Options = new LogOptions
        {
            SegmentAppends = 4,
            CheckpointAppends = 3,
            AppendPatience = TimeSpan.FromSeconds(2),
        },
        CallTimeout = TimeSpan.FromMilliseconds(500),
        Codec = BlockCodec.Null,
        Instances = 2,
        Operations = 80,
        Clients = new ClientMix { Plain = 1, Keyed = 1, Sequenced = 1, Tailing = 1 },
    };

    /// <summary>Repeated compaction beside producers, readers and views, in several passes and small parts.</summary>
    private static readonly SimulationPlan Compactions = new()
    {
        CallTimeout = Appends.CallTimeout,
        Options = Appends.Options with
        {
            ListingAge = TimeSpan.FromMilliseconds(100),
            Compaction = new CompactionOptions
            {
                MinLag = TimeSpan.Zero,
                Grace = TimeSpan.FromMilliseconds(600),
                LeaseMargin = TimeSpan.Zero,
                KeyBytes = 1,
                BlockBytes = 100,
                PartBytes = 400,
                SaveBytes = 2_000,
            },
        },
        IsEntity = true,
        TombstoneRetention = TimeSpan.FromSeconds(4),
        Codec = BlockCodec.Null,
        Instances = 2,
        Operations = 60,
        Clients = new ClientMix { Plain = 2, Viewing = 1, Tailing = 0 },
        Troubles = new TroubleMix { Maintenance = TimeSpan.FromMilliseconds(400) },
    };

    [Theory]
    [InlineData((int)CrashMoment.BeforeSending)]
    [InlineData((int)CrashMoment.AfterSending)]
    [InlineData((int)CrashMoment.AfterApplying)]
    public void A_crash_at_any_storage_call_breaks_nothing(int moment) => Assert.Empty(Walk(Appends, (CrashMoment)moment));

    [Theory]
    [InlineData((int)CrashMoment.BeforeSending)]
    [InlineData((int)CrashMoment.AfterSending)]
    [InlineData((int)CrashMoment.AfterApplying)]
    public void A_crash_at_any_storage_call_of_compaction_breaks_nothing(int moment) => Assert.Empty(Walk(Compactions, (CrashMoment)moment));

    [Fact]
    public void Compaction_is_what_dies_there()
    {
        var run = new SeedRun(Seed, trace: false, _ => Compactions);
        run.Run();
        Assert.Contains(run.Fleet.Service.All(""), blob => blob.Name.EndsWith(".g0003.avro", StringComparison.Ordinal));
    }

    /// <summary>Covers every call from the first to the last before all faults end; afterwards everything must work.</summary>
    private static List<string> Walk(SimulationPlan plan, CrashMoment moment)
    {
        List<string> broken = [];
        int made = int.MaxValue;
        for (int call = 1; call <= made; call++)
        {
            made = 0;
            var run = new SeedRun(Seed, trace: false, _ => plan);
            run.Fleet.CrashAt = (_, _) => !run.Fleet.IsHealed && ++made == call ? moment : CrashMoment.Never;
            broken.AddRange(run.Run().Violations.Select(v => $"call {call}: {v}"));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"died at each of {made} calls");
        return broken;
    }
}
