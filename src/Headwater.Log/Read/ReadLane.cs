using Headwater.Core.Memory;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>What reads of one budget share.</summary>
/// <param name="Budget">Charged for the reads.</param>
/// <param name="Scan">Reads blocks.</param>
/// <param name="Start">Finds where a read begins.</param>
internal sealed record ReadLane(IMemoryBudget Budget, SegmentScan Scan, ReadStart Start)
{
    public static ReadLane Over(IMemoryBudget budget, IBlobs blobs, SegmentIndexes indexes, WaitSlots slots)
    {
        var scan = new SegmentScan(blobs, budget);
        return new ReadLane(budget, scan, new ReadStart(indexes, scan, slots));
    }
}
