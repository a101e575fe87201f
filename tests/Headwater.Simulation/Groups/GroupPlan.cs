using Headwater.Log.Model;
using Headwater.Simulation.Instances;
using Headwater.Simulation.Scheduling;
using Headwater.Simulation.Service;

namespace Headwater.Simulation.Groups;

/// <summary>The configuration of one simulation of consumer groups.</summary>
internal sealed record GroupPlan(SimulationPlan Log)
{
    public int Processes { get; init; } = 3;

    public TimeSpan Session { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>The difference between the clocks of the table service and the blob service; the margin allows for 3 s.</summary>
    public TimeSpan TableSkew { get; init; }

    /// <summary>Probabilities per round of a process: a heartbeat and the work until the next one.</summary>
    public double Freezes { get; init; }

    public double Deaths { get; init; }

    public double Leaves { get; init; }

    /// <summary>The timeout of a process for an answer.</summary>
    public TimeSpan LongestPatience { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Whether a new process reuses the id of an earlier one.</summary>
    public bool HasFixedIds { get; init; }

    public TimeSpan? Rewinds { get; init; }

    public TimeSpan Copies { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether there is a consumer without membership, whose group is rewound and deleted.</summary>
    public bool HasPlainConsumer { get; init; }

    public static GroupPlan Draw(Chance chance)
    {
        bool faulty = chance.Happens(0.9);
        var plan = new GroupPlan(LogPlan(chance, faulty))
        {
            Processes = chance.Between(1, 5),
            Session = chance.LogTime(TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(20)),
            TableSkew = chance.Happens(0.5) ? TimeSpan.Zero : chance.Time(TimeSpan.FromSeconds(-3), TimeSpan.FromSeconds(3)),
            Freezes = Sometimes(chance, 0.2),
            Deaths = Sometimes(chance, 0.15),
            Leaves = Sometimes(chance, 0.1),
            HasFixedIds = chance.Happens(0.5),
            Rewinds = chance.Happens(0.4) ? chance.LogTime(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60)) : null,
            Copies = chance.LogTime(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20)),
            HasPlainConsumer = chance.Happens(0.4),
        };
        plan = chance.Happens(0.3) ? Impatient(plan, chance) : plan;
        long open = chance.Happens(0.5) ? 0 : LogOptions.Default.OpenPartitionBytes;
        return plan with { Log = plan.Log with { Options = plan.Log.Options with { OpenPartitionBytes = open } } };
    }

    /// <summary>
    /// Biases the plan towards joins that are applied long after their retry: processes die and return under live ids, at instances that often freeze for
    /// seconds.
    /// </summary>
    private static GroupPlan Impatient(GroupPlan plan, Chance chance) => plan with
    {
        Processes = chance.Between(2, 3),
        Session = chance.LogTime(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20)),
        LongestPatience = TimeSpan.FromSeconds(1),
        Freezes = 0,
        Deaths = 0.3,
        Leaves = 0.2,
        HasFixedIds = true,
        Rewinds = null,
        Log = plan.Log with
        {
            Faults = FaultProfile.Calm,
            Instances = 3,
            Partitions = chance.Between(3, 7),
            Troubles = new TroubleMix
            {
                Freezes = chance.LogTime(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4)),
                LongestFreeze = chance.LogTime(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(12)),
            },
        },
    };

    private static SimulationPlan LogPlan(Chance chance, bool faulty) => new()
    {
        CallTimeout = chance.LogTime(TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(3)),
        Options = new LogOptions
        {
            AppendPatience = TimeSpan.FromSeconds(5),
            DescriptionAge = chance.LogTime(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(20)),
        },
        Faults = faulty ? Faults(chance) : FaultProfile.Calm,
        Instances = chance.Between(1, 3),
        Partitions = chance.Between(1, 7),
        SkewedClocks = chance.Happens(0.7),
        Operations = chance.Between(250, 500),
        Troubles = faulty ? Troubles(chance) : new TroubleMix(),
    };

    private static FaultProfile Faults(Chance chance) => new()
    {
        MostLatency = chance.LogTime(TimeSpan.FromMilliseconds(4), TimeSpan.FromMilliseconds(400)),
        Slow = Sometimes(chance, 0.03),
        Refused = Sometimes(chance, 0.05),
        AppliedWithError = Sometimes(chance, 0.05),
        RequestLost = Sometimes(chance, 0.03),
        AnswerLost = Sometimes(chance, 0.05),
        Late = Sometimes(chance, 0.08),
        LatestLanding = chance.LogTime(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)),
        Twice = Sometimes(chance, 0.05),
        Crash = Sometimes(chance, 0.02),
    };

    private static TroubleMix Troubles(Chance chance) => new()
    {
        Crashes = MaybeEvery(chance, 4, 40),
        Freezes = MaybeEvery(chance, 2, 20),
        LongestFreeze = chance.LogTime(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(90)),
        Outages = chance.Happens(0.3) ? MaybeEvery(chance, 15, 60) : null,
        LostTables = MaybeEvery(chance, 8, 120),
    };

    private static double Sometimes(Chance chance, double most) => chance.Happens(0.6) ? most * chance.Fraction() : 0;

    private static TimeSpan? MaybeEvery(Chance chance, double least, double most) =>
        chance.Happens(0.5) ? chance.LogTime(TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most)) : null;
}
