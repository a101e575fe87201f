using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Simulation.Scheduling;
using Headwater.Simulation.Service;

namespace Headwater.Simulation.Instances;

/// <summary>What one simulation is made of. Drawn from its seed: each switches some kinds of trouble on and others off, which meets more than a little of everything would.</summary>
internal sealed record SimulationPlan
{
    public required LogOptions Options { get; init; }

    public FaultProfile Faults { get; init; } = FaultProfile.Calm;

    public int Instances { get; init; } = 1;

    public int Partitions { get; init; } = 1;

    public int Streams { get; init; } = 1;

    public bool HasSchema { get; init; }

    public BlockCodec Codec { get; init; } = BlockCodec.Null;

    /// <summary>Whether instances' wall clocks are off, one of them by a year.</summary>
    public bool SkewedClocks { get; init; }

    /// <summary>Entity streams, which are compacted.</summary>
    public bool IsEntity { get; init; }

    /// <summary>How long tombstones stay; of entity streams.</summary>
    public TimeSpan TombstoneRetention { get; init; } = TimeSpan.FromSeconds(30);

    public RetentionSettings? Retention { get; init; }

    /// <summary>Client operations after which the clients stop.</summary>
    public int Operations { get; init; } = 600;

    public ClientMix Clients { get; init; } = new();

    public TroubleMix Troubles { get; init; } = new();

    public TimeSpan Skew(Chance chance)
    {
        if (!SkewedClocks)
        {
            return TimeSpan.Zero;
        }

        return chance.Below(4) switch
        {
            0 => TimeSpan.FromDays(365),
            1 => -chance.LogTime(TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(1)),
            2 => chance.LogTime(TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
            _ => TimeSpan.Zero,
        };
    }
}

/// <summary>How many clients of each kind.</summary>
internal sealed record ClientMix
{
    public int Plain { get; init; } = 1;

    public int Keyed { get; init; }

    public int Sequenced { get; init; }

    public int Conditional { get; init; }

    public int Tailing { get; init; } = 1;

    public int Browsing { get; init; }

    /// <summary>Those who build a view of a partition again and again.</summary>
    public int Viewing { get; init; }
}

/// <summary>Mean times between troubles; null for none of the kind.</summary>
internal sealed record TroubleMix
{
    public TimeSpan? Crashes { get; init; }

    /// <summary>Graceful ones.</summary>
    public TimeSpan? Stops { get; init; }

    public TimeSpan? Freezes { get; init; }

    public TimeSpan LongestFreeze { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan? Outages { get; init; }

    public TimeSpan? LostTables { get; init; }

    public TimeSpan? LostCheckpoints { get; init; }

    public TimeSpan? Recreations { get; init; }

    /// <summary>Calls of maintenance, of any instance at any time.</summary>
    public TimeSpan? Maintenance { get; init; }

    /// <summary>Share of those calls whose instance falls asleep on the way, for seconds.</summary>
    public double Dozing { get; init; }
}
