using Headwater.Core.Memory;
using Headwater.Log.Budgets;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>What reads of one budget share.</summary>
/// <param name="Budget">Charged for the reads.</param>
/// <param name="Scan">Reads blocks.</param>
/// <param name="Start">Finds where a read begins.</param>
internal sealed record ReadLane(IMemoryBudget Budget, SegmentScan Scan, ReadStart Start)
{
    /// <param name="budget">Charged for the reads.</param>
    /// <param name="blobs">Storage.</param>
    /// <param name="indexes">The cached headers and indexes.</param>
    /// <param name="slots">What all reads of the process share.</param>
    public static ReadLane Over(IMemoryBudget budget, IBlobs blobs, SegmentIndexes indexes, ReadSlots slots)
    {
        var scan = new SegmentScan(blobs, budget, slots.Large);
        return new ReadLane(budget, scan, new ReadStart(indexes, scan, slots.Waiting));
    }
}

/// <summary>The slots that the reads of a process share.</summary>
/// <param name="Waiting">Of reads that wait at a log end.</param>
/// <param name="Large">Of large reads of storage.</param>
internal sealed record ReadSlots(WaitSlots Waiting, CallSlots Large);
