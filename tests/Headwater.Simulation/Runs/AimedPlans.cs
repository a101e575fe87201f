using Headwater.Log.Model;
using Headwater.Simulation.Instances;
using Headwater.Simulation.Scheduling;

namespace Headwater.Simulation.Runs;

/// <summary>Plans biased towards one danger each. These dangers need several rare events in sequence, which too few unbiased seeds would produce.</summary>
internal static class AimedPlans
{
    /// <summary>Biases five plans in twelve.</summary>
    public static SimulationPlan Aim(SimulationPlan plan, Chance chance) => chance.Below(12) switch
    {
        0 => ShortLives(plan, chance),
        1 => SleepyCompactors(plan, chance),
        2 => LateCreations(plan, chance),
        3 => OldKeys(plan, chance),
        4 => ManyProducers(plan, chance),
        _ => plan,
    };

    /// <summary>Keys are repeated at any age while segments are rolled, compacted or deleted, and their keys are loaded again and again.</summary>
    private static SimulationPlan OldKeys(SimulationPlan plan, Chance chance)
    {
        bool isEntity = chance.Happens(0.5);
        return plan with
        {
            Options = plan.Options with
            {
                SegmentAppends = chance.Between(3, 10),
                Compaction = plan.Options.Compaction with { MinLag = TimeSpan.Zero, RewriteAfter = TimeSpan.FromMilliseconds(100), TargetBytes = 60 << 10 },
                Memory = plan.Options.Memory with { KeyWindow = chance.LogTime(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(30)), RecentBatches = 0 },
            },
            IsEntity = isEntity,
            Retention = chance.Happens(0.5) ? new RetentionSettings(chance.LogTime(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(4)), null) : null,
            Instances = chance.Between(2, 4),
            Partitions = 1,
            Operations = 800,
            Clients = new ClientMix { Plain = 1, Keyed = 3, Tailing = 1, Viewing = isEntity ? 1 : 0 },
            Troubles = plan.Troubles with
            {
                Crashes = chance.LogTime(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(5)),
                LostCheckpoints = chance.Happens(0.5) ? TimeSpan.FromSeconds(1) : null,
                Recreations = null,
                Maintenance = chance.LogTime(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(500)),
            },
        };
    }

    /// <summary>More producers than a partition remembers.</summary>
    private static SimulationPlan ManyProducers(SimulationPlan plan, Chance chance) => plan with
    {
        Options = plan.Options with
        {
            SegmentAppends = chance.Between(3, 20),
            Memory = plan.Options.Memory with
            {
                Producers = chance.Between(1, 3),
                ProducersMax = chance.Between(2, 6),
                ProducerYouth = chance.Happens(0.5) ? TimeSpan.Zero : TimeSpan.FromSeconds(1),
                EpochMargin = TimeSpan.FromSeconds(chance.Between(0, 2)),
            },
        },
        Partitions = chance.Between(1, 2),
        Streams = 1,
        Clients = new ClientMix { Plain = 1, Sequenced = 6, Tailing = 1 },
        Troubles = plan.Troubles with { Recreations = null },
    };

    /// <summary>Segments are filled, sealed and deleted while an instance that was about to create them is frozen.</summary>
    private static SimulationPlan ShortLives(SimulationPlan plan, Chance chance) => plan with
    {
        Options = plan.Options with { SegmentAppends = chance.Between(2, 4), AppendPatience = TimeSpan.FromSeconds(chance.Between(2, 10)) },
        IsEntity = false,
        Retention = new RetentionSettings(chance.LogTime(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)), null),
        Faults = plan.Faults with { Late = 0.05, LatestLanding = chance.LogTime(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8)) },
        Instances = 4,
        Partitions = 1,
        SkewedClocks = false,
        Clients = new ClientMix { Plain = 3, Sequenced = chance.Between(0, 2), Tailing = 1, Browsing = 1 },
        Troubles = plan.Troubles with
        {
            Freezes = chance.LogTime(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1)),
            LongestFreeze = chance.LogTime(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(12)),
            Outages = null,
            Recreations = null,
            Maintenance = chance.LogTime(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(400)),
        },
    };

    /// <summary>A compactor freezes and resumes after another has completed its work, the inputs are deleted, and the tombstones have expired.</summary>
    private static SimulationPlan SleepyCompactors(SimulationPlan plan, Chance chance) => plan with
    {
        Options = plan.Options with
        {
            SegmentAppends = chance.Between(3, 8),
            Compaction = plan.Options.Compaction with { MinLag = TimeSpan.Zero, PartBytes = chance.Between(50, 300), LeaseMargin = TimeSpan.Zero },
        },
        IsEntity = true,
        TombstoneRetention = plan.Options.Compaction.Grace + TimeSpan.FromSeconds(4),
        Retention = null,
        Instances = 4,
        Partitions = chance.Between(1, 2),
        SkewedClocks = false,
        Operations = 800,
        Clients = new ClientMix { Plain = 2, Tailing = 1, Viewing = 3 },
        Troubles = plan.Troubles with
        {
            Freezes = null,
            Outages = null,
            Recreations = null,
            Maintenance = chance.LogTime(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500)),
            Dozing = 0.05 + (0.25 * chance.Fraction()),
        },
    };

    /// <summary>
    /// Many writers roll small segments at once, retention deletes each segment soon, and calls arrive seconds late: creations of segments that are
    /// deleted by then, and first appends that were meant for the deleted segment.
    /// </summary>
    private static SimulationPlan LateCreations(SimulationPlan plan, Chance chance) => plan with
    {
        Options = plan.Options with
        {
            SegmentAppends = chance.Between(2, 3),
            AppendPatience = TimeSpan.FromSeconds(chance.Between(2, 10)),
        },
        CallTimeout = chance.LogTime(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(600)),
        IsEntity = false,
        Retention = new RetentionSettings(null, chance.Between(1, 500)),
        Faults = plan.Faults with { Late = 0.3, LatestLanding = chance.LogTime(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8)) },
        Instances = 6,
        Partitions = 1,
        Streams = 1,
        SkewedClocks = false,
        Clients = new ClientMix { Plain = 8, Sequenced = chance.Between(0, 2), Tailing = 1, Browsing = 1 },
        Troubles = plan.Troubles with
        {
            Freezes = chance.LogTime(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1)),
            LongestFreeze = chance.LogTime(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(4)),
            Outages = null,
            Recreations = null,
            Maintenance = chance.LogTime(TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(200)),
        },
    };
}
