using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;

namespace Headwater.Log.Append;

/// <summary>
/// Makes a partition's tail ready for the next group. Only the group commit loop uses this class, one call at a time, so its flag needs no lock.
/// </summary>
internal sealed class AppendTarget(OpenPartition partition, PartitionSteps steps, LogPorts ports, LogOptions options)
{
    /// <summary>The log end must be read from storage before the next append.</summary>
    private bool _mustCatchUp;

    public void MustCatchUp() => _mustCatchUp = true;

    /// <summary>
    /// Returns a tail that accepts appends: catches up if another process may have appended, writes the segment's header if it has none, and rolls if the
    /// segment is full. Makes no storage call if nothing of that is needed.
    /// </summary>
    /// <param name="stream">The description for the header of a new segment.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>Null if the segment was deleted; the next call opens the partition again.</returns>
    public async Task<PartitionTail?> ReadyAsync(StreamDescription stream, CancellationToken cancellation)
    {
        PartitionTail tail = await partition.TailAsync(cancellation);
        TailFound? found = null;
        while (_mustCatchUp || (found is null && tail.IsRollUnfinished))
        {
            found = await steps.Tails.CatchUpNearAsync(partition.Place, tail, options.CheckpointBytes, cancellation);
            _mustCatchUp = found is { End: TailEnd.Far };
            tail = _mustCatchUp ? await partition.CatchUpFarAsync(cancellation) : tail;
        }

        bool isReady = await GoesOnAsync(stream, tail, found, cancellation)
            && (tail.Position.Header is not null || await steps.Roller.WriteHeaderAsync(stream, partition.Place, tail, cancellation))
            && await RollIfFullAsync(stream, tail, cancellation);
        if (isReady)
        {
            return tail;
        }

        partition.Reopen();
        return null;
    }

    /// <summary>Finishes a roll that was found unfinished.</summary>
    /// <returns>False if the segment was deleted.</returns>
    private async Task<bool> GoesOnAsync(StreamDescription stream, PartitionTail tail, TailFound? found, CancellationToken cancellation) => found switch
    {
        { End: TailEnd.SealedWithoutSuccessor, At: var at } => await steps.Roller.RollAsync(stream, partition.Place, tail, at, cancellation),
        { End: TailEnd.Missing } => false,
        _ => true,
    };

    private async Task<bool> RollIfFullAsync(StreamDescription stream, PartitionTail tail, CancellationToken cancellation)
    {
        TailPosition at = tail.Position;
        return !IsFull(stream, at) || await steps.Roller.RollAsync(stream, partition.Place, tail, at, cancellation);
    }

    private bool IsFull(StreamDescription stream, TailPosition at) =>
        at.FirstAppended is not null
        && (at.IsFull
            || at.Position >= options.SegmentBytes
            || at.Blocks >= options.SegmentAppends
            || at.Header?.SchemaVersion < stream.SchemaVersion
            || at.IsOlder(options.SegmentAge, ports.Clock.Now()));
}
