using Headwater.Core.Positions;

namespace Headwater.Log.Compaction;

/// <summary>
/// What compaction found and did in a partition in one call. The counts of segments, bytes, events, keys, tombstones and passes are set only if a run ended in
/// this call; otherwise they are 0.
/// </summary>
public sealed record CompactionReport
{
    /// <summary>True if there is more to do, because a run is in progress or another instance is working. The next call continues.</summary>
    public bool Unfinished { get; init; }

    /// <summary>True if this call stopped because another instance, or a later version of the app, compacts the partition.</summary>
    public bool Busy { get; init; }

    /// <summary>Number of the run's input segments.</summary>
    public int SegmentsBefore { get; init; }

    /// <summary>Number of live segments in the run's offset range after the run.</summary>
    public int SegmentsAfter { get; init; }

    /// <summary>Stored bytes of the input segments.</summary>
    public long BytesBefore { get; init; }

    /// <summary>Stored bytes of the live segments in the run's offset range after the run.</summary>
    public long BytesAfter { get; init; }

    /// <summary>Number of events in the input segments; 0 for a rewrite of an event stream, which does not count events.</summary>
    public long EventsBefore { get; init; }

    /// <summary>Number of events that the run kept; 0 for a rewrite of an event stream.</summary>
    public long EventsAfter { get; init; }

    /// <summary>Number of distinct keys in the dirty part.</summary>
    public long Keys { get; init; }

    /// <summary>Upper bound of the number of tombstones that the run kept.</summary>
    public long Tombstones { get; init; }

    /// <summary>Number of passes over the log; more than one if the keys did not fit in memory. 0 for a rewrite of an event stream.</summary>
    public int Passes { get; init; }

    /// <summary>Number of replaced segments deleted in this call, after their grace period.</summary>
    public int Deleted { get; init; }

    /// <summary>Share, 0 to 1, of the bytes below the run's bound that were not clean before the run.</summary>
    public double DirtyRatio { get; init; }

    /// <summary>Append time of the first event below the bound that was not clean before the run; null if there is none.</summary>
    public UnixMicros? OldestDirty { get; init; }

    /// <summary>When a run last ended, in this call or earlier; null if none has.</summary>
    public UnixMicros? LastRun { get; init; }

    /// <summary>Stored bytes of the partition's live segments when the call began; null if the call did not list them.</summary>
    public long? LiveBytes { get; init; }

    /// <summary>True if a run ended in this call: everything below its bound is clean.</summary>
    public bool Ended { get; init; }

    /// <summary>When there will be work again; null if not before another segment is sealed.</summary>
    internal UnixMicros? NextAt { get; init; }

    /// <summary>Whether sealed segments are left that appends wrote: the bound of the next run may rise without another segment.</summary>
    internal bool IsHeldBack { get; init; }
}
