using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Simulation.Scheduling;
using Headwater.Simulation.Service;

namespace Headwater.Simulation.Instances;

/// <summary>
/// The configuration of one simulation, drawn from its seed. Each plan enables some kinds of faults and disables others: this reaches more states than a
/// low rate of every fault.
/// </summary>
internal sealed record SimulationPlan
{
    public required LogOptions Options { get; init; }

    /// <summary>The timeout of one storage call.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public FaultProfile Faults { get; init; } = FaultProfile.Calm;

    public int Instances { get; init; } = 1;

    public int Partitions { get; init; } = 1;

    public int Streams { get; init; } = 1;

    public bool HasSchema { get; init; }

    public BlockCodec Codec { get; init; } = BlockCodec.Null;

    /// <summary>Whether the instances' wall clocks are wrong, one of them by a year.</summary>
    public bool SkewedClocks { get; init; }

    /// <summary>Whether the streams are entity streams, which are compacted.</summary>
    public bool IsEntity { get; init; }

    /// <summary>The tombstone retention of entity streams.</summary>
    public TimeSpan TombstoneRetention { get; init; } = TimeSpan.FromSeconds(30);

    public RetentionSettings? Retention { get; init; }

    /// <summary>Whether keys may be forgotten for their number, before the window is over.</summary>
    public bool HasFewKeys => Options.Memory.Keys < MemoryOptions.Default.Keys;

    /// <summary>Whether no stored batch is removed or rewritten while its stream exists.</summary>
    public bool KeepsBatches => !IsEntity && Retention is null;

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

/// <summary>The number of clients of each kind.</summary>
internal sealed record ClientMix
{
    public int Plain { get; init; } = 1;

    public int Keyed { get; init; }

    public int Sequenced { get; init; }

    public int Conditional { get; init; }

    public int Tailing { get; init; } = 1;

    public int Browsing { get; init; }

    /// <summary>Clients that repeatedly build a view of a partition.</summary>
    public int Viewing { get; init; }
}

/// <summary>Mean times between faults; null disables the kind.</summary>
internal sealed record TroubleMix
{
    public TimeSpan? Crashes { get; init; }

    /// <summary>Graceful stops.</summary>
    public TimeSpan? Stops { get; init; }

    public TimeSpan? Freezes { get; init; }

    public TimeSpan LongestFreeze { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan? Outages { get; init; }

    public TimeSpan? LostTables { get; init; }

    public TimeSpan? LostCheckpoints { get; init; }

    public TimeSpan? Recreations { get; init; }

    /// <summary>Maintenance calls to any instance at any time.</summary>
    public TimeSpan? Maintenance { get; init; }

    /// <summary>The share of maintenance calls during which the instance freezes for seconds.</summary>
    public double Dozing { get; init; }
}
