using Headwater.Core.Positions;

namespace Headwater.Log.Compaction;

/// <summary>What compaction found and did in a partition. Of a run that did not end in this call, what is known so far.</summary>
public sealed record CompactionReport
{
    /// <summary>A run is under way and the next call goes on with it.</summary>
    public bool Unfinished { get; init; }

    /// <summary>Someone else is at it.</summary>
    public bool Busy { get; init; }

    /// <summary>Live segments below the run's bound, before and after; 0 if there was no run.</summary>
    public int SegmentsBefore { get; init; }

    public int SegmentsAfter { get; init; }

    /// <summary>Bytes stored in them.</summary>
    public long BytesBefore { get; init; }

    public long BytesAfter { get; init; }

    /// <summary>Events in them.</summary>
    public long EventsBefore { get; init; }

    public long EventsAfter { get; init; }

    /// <summary>Distinct keys in the part that was dirty.</summary>
    public long Keys { get; init; }

    /// <summary>Tombstones that stay for now, at most.</summary>
    public long Tombstones { get; init; }

    /// <summary>Passes over the log the keys took.</summary>
    public int Passes { get; init; }

    /// <summary>Replaced segments deleted after their grace.</summary>
    public int Deleted { get; init; }

    /// <summary>Share of bytes below the bound not cleaned yet, before the run.</summary>
    public double DirtyRatio { get; init; }

    /// <summary>When the first event not cleaned yet was appended, of those below the bound, before the run; null if there is none.</summary>
    public UnixMicros? OldestDirty { get; init; }

    /// <summary>When a run last ended, in this call or before; null if none has.</summary>
    public UnixMicros? LastRun { get; init; }

    /// <summary>A run ended in this call: what was dirty is clean.</summary>
    public bool Ended { get; init; }

    /// <summary>When there is something to do again; null: when a segment has been sealed.</summary>
    internal UnixMicros? NextAt { get; init; }
}
