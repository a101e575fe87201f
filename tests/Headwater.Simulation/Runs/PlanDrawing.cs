using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Simulation.Instances;
using Headwater.Simulation.Scheduling;
using Headwater.Simulation.Service;

namespace Headwater.Simulation.Runs;

/// <summary>Draws a plan from a seed. Limits are small, so that segments roll, checkpoints are written and groups close frequently.</summary>
internal static class PlanDrawing
{
    public static SimulationPlan Draw(Chance chance)
    {
        SimulationPlan plan = AimedPlans.Aim(DrawAny(chance), chance);
        plan = plan with { Options = plan.Options with { OpenPartitionBytes = OpenPartitionBytes(chance) } };

        // A budget of zero leaves blobs of a deleted stream to maintenance.
        plan = chance.Happens(0.5) ? plan with { Options = plan.Options with { DeleteBudget = TimeSpan.Zero } } : plan;
        return chance.Happens(0.1) ? FewKeys(plan, chance) : plan;
    }

    /// <summary>
    /// Keys are forgotten for their number, while instances open the partition without a checkpoint. The memory holds more keys than can be appended between
    /// the search for a request and its append, as it does with the defaults.
    /// </summary>
    private static SimulationPlan FewKeys(SimulationPlan plan, Chance chance) => plan with
    {
        Options = plan.Options with
        {
            AppendPatience = TimeSpan.FromMilliseconds(500),
            Memory = plan.Options.Memory with { Keys = chance.Between(60, 120), SegmentKeys = chance.Between(2, 12), KeyWindow = TimeSpan.FromHours(1) },
        },
        Partitions = 1,
        Streams = 1,
        Operations = 800,
        Clients = new ClientMix { Keyed = 3, Tailing = 1 },
        Troubles = plan.Troubles with { Freezes = null, Recreations = null, Outages = null },
    };

    /// <summary>Nothing, so that a partition is dropped the moment that nothing uses it; about one or two partitions; or all.</summary>
    private static long OpenPartitionBytes(Chance chance) => chance.Below(3) switch
    {
        0 => 0,
        1 => chance.Between(8, 24) << 10,
        _ => LogOptions.Default.OpenPartitionBytes,
    };

    private static SimulationPlan DrawAny(Chance chance)
    {
        bool faulty = chance.Happens(0.9);
        int keyed = chance.Between(0, 3);
        bool isEntity = chance.Happens(0.3);
        TimeSpan listingAge = chance.LogTime(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));
        TimeSpan grace = listingAge + chance.LogTime(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2));
        return new SimulationPlan
        {
            Options = Options(chance, out TimeSpan callTimeout) with { ListingAge = listingAge, Compaction = Compaction(chance, grace) },
            CallTimeout = callTimeout,
            IsEntity = isEntity,
            TombstoneRetention = grace + chance.LogTime(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(12)),
            Retention = chance.Happens(0.5) ? Retention(chance) : null,
            Faults = faulty ? Faults(chance) : FaultProfile.Calm,
            Instances = chance.Between(1, 4),
            Partitions = chance.Between(1, 3),
            Streams = chance.Happens(0.2) ? 2 : 1,
            HasSchema = chance.Happens(0.3),
            Codec = chance.Happens(0.5) ? BlockCodec.Null : BlockCodec.Deflate,
            SkewedClocks = chance.Happens(0.5),
            Operations = chance.Between(400, 800),
            Clients = new ClientMix
            {
                Plain = chance.Between(0, 3),
                Keyed = keyed,
                Sequenced = chance.Between(0, 3),
                Conditional = chance.Between(0, 1),
                Tailing = chance.Between(1, 3),
                Browsing = chance.Between(0, 2),
                Viewing = isEntity ? 2 : 0,
            },
            Troubles = faulty ? Troubles(chance, isEntity) : new TroubleMix { Maintenance = TimeSpan.FromSeconds(1) },
        };
    }

    private static LogOptions Options(Chance chance, out TimeSpan callTimeout)
    {
        LogOptions appends = AppendOptions(chance);
        callTimeout = chance.LogTime(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(3));
        return appends with
        {
            CheckpointBytes = chance.Between(1, 32) << 10,
            CheckpointAppends = chance.Between(1, 40),
            DescriptionAge = chance.LogTime(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10)),
            InFlightBytes = chance.Happens(0.1) ? 1000 : 1 << 20,
            Memory = Memory(chance),
        };
    }

    /// <summary>The margin covers what an instance's clock may be ahead: 2 s.</summary>
    private static MemoryOptions Memory(Chance chance) => new()
    {
        KeyWindow = chance.Happens(0.5) ? TimeSpan.FromHours(1) : chance.LogTime(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30)),
        KeyMargin = TimeSpan.FromSeconds(4),
        SegmentKeys = chance.Happens(0.5) ? 65_536 : chance.Between(2, 40),
        RecentBatches = chance.Between(0, 6),
        Producers = chance.Happens(0.5) ? 1_000 : chance.Between(1, 3),
        ProducersMax = chance.Between(2, 5_000),
        ProducerAge = chance.Happens(0.7) ? TimeSpan.FromDays(7) : chance.LogTime(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20)),
        ProducerYouth = chance.Happens(0.5) ? TimeSpan.Zero : chance.LogTime(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10)),
    };

    private static LogOptions AppendOptions(Chance chance) => new()
    {
        SegmentBytes = chance.Between(3, 24) << 10,
        SegmentAppends = chance.Between(3, 40),
        SegmentAge = chance.LogTime(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2)),
        GroupBytes = chance.Between(100, 8000),
        Linger = chance.Happens(0.2) ? TimeSpan.FromMilliseconds(5) : TimeSpan.Zero,
        AppendPatience = chance.LogTime(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10)),
    };

    private static CompactionOptions Compaction(Chance chance, TimeSpan grace) => new()
    {
        MinLag = chance.Happens(0.5) ? TimeSpan.Zero : chance.LogTime(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(2)),
        Grace = grace,
        RewriteAfter = chance.LogTime(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10)),
        KeyBytes = chance.Happens(0.2) ? 1 : 1 << 20,
        BlockBytes = chance.Between(1, 2000),
        PartBytes = chance.Between(100, 4000),
        ReadBytes = chance.Between(200, 8000),
        TargetBytes = chance.Happens(0.5) ? chance.Between(1, 600) : chance.Between(1, 60) << 10, // Segments merge rarely, or always.
        SaveBytes = chance.Between(1, 10_000),
        LeaseMargin = chance.Happens(0.5) ? TimeSpan.Zero : TimeSpan.FromSeconds(1),
    };

    private static RetentionSettings Retention(Chance chance) => new(
        chance.Happens(0.7) ? chance.LogTime(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(20)) : null,
        chance.Happens(0.5) ? chance.Between(1, 40) << 10 : null);

    private static FaultProfile Faults(Chance chance) => new()
    {
        MostLatency = chance.LogTime(TimeSpan.FromMilliseconds(4), TimeSpan.FromMilliseconds(80)),
        Slow = Sometimes(chance, 0.03),
        Refused = Sometimes(chance, 0.05),
        AppliedWithError = Sometimes(chance, 0.05),
        RequestLost = Sometimes(chance, 0.03),
        AnswerLost = Sometimes(chance, 0.05),
        Late = Sometimes(chance, 0.05),
        LatestLanding = chance.LogTime(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)),
        Twice = Sometimes(chance, 0.05),
        ShortPages = chance.Happens(0.4),
        Crash = Sometimes(chance, 0.01),
    };

    private static TroubleMix Troubles(Chance chance, bool isEntity) => new()
    {
        Crashes = MaybeEvery(chance, 1, 20),
        Stops = MaybeEvery(chance, 1, 20),
        Freezes = MaybeEvery(chance, 0.5, 10),
        LongestFreeze = chance.LogTime(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)),
        Outages = chance.Happens(0.3) ? MaybeEvery(chance, 5, 30) : null,
        LostTables = MaybeEvery(chance, 2, 20),
        LostCheckpoints = MaybeEvery(chance, 0.5, 10),
        Recreations = chance.Happens(0.6) ? MaybeEvery(chance, 2, 20) : null,
        Maintenance = isEntity ? chance.LogTime(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(4)) : MaybeEvery(chance, 0.3, 4),
    };

    private static double Sometimes(Chance chance, double most) => chance.Happens(0.6) ? most * chance.Fraction() : 0;

    private static TimeSpan? MaybeEvery(Chance chance, double least, double most) =>
        chance.Happens(0.5) ? chance.LogTime(TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most)) : null;
}
