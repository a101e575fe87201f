using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Partitions;
using Headwater.Log.Segments;

namespace Headwater.Log.Append;

/// <summary>The batches that go into the next AppendBlock, and where.</summary>
/// <param name="At">The tail they were checked against and will be sent to.</param>
/// <param name="Batches">In order; empty if all that waited has been answered.</param>
/// <param name="MustAsk">The next batch cannot be answered before storage has been asked for the log end.</param>
internal sealed record GroupPlan(TailPosition At, IReadOnlyList<PendingBatch> Batches, bool MustAsk)
{
    /// <summary>Checks what waits, answers what needs no append, and takes as much of the rest as one AppendBlock should carry.</summary>
    /// <param name="tail">Current as far as this process knows.</param>
    /// <param name="waiting">In order of arrival.</param>
    /// <param name="groupBytes">A group is closed at this many bytes unless one batch alone is larger.</param>
    public static GroupPlan Make(PartitionTail tail, IReadOnlyList<PendingBatch> waiting, int groupBytes) =>
        tail.Look((position, producers, keys, confirmedAt) =>
        {
            var checks = new AppendChecks(position, producers, keys, confirmedAt);
            var taken = new List<PendingBatch>();
            long bytes = 0;
            CheckResult result = CheckResult.Answered;
            foreach (PendingBatch batch in waiting)
            {
                if (taken.Count > 0 && bytes + batch.Events.Bytes > groupBytes)
                {
                    break;
                }

                result = CheckAll(batch, position, checks);
                if (result is CheckResult.Later or CheckResult.Unsure)
                {
                    break;
                }

                if (result == CheckResult.Store)
                {
                    taken.Add(batch);
                    bytes += batch.Events.Bytes;
                }
            }

            return new GroupPlan(position, taken, MustAsk: result == CheckResult.Unsure);
        });

    /// <summary>Encodes one container block a batch, at consecutive offsets from the tail.</summary>
    /// <returns>The blocks as they will stand in the segment.</returns>
    public IReadOnlyList<StoredBatch> Encode(UnixMicros now, Ports.Randomness randomness, PooledBuffer output)
    {
        SegmentHeader header = At.Header ?? throw new InvalidOperationException("A segment without a header takes no batch.");
        UnixMicros appended = now > At.LastAppended ? now : At.LastAppended;
        var blocks = new List<StoredBatch>(Batches.Count);
        Offset next = At.Next;
        foreach (PendingBatch batch in Batches)
        {
            int start = output.Length;
            BatchRecord record = batch.Record(new BatchId(randomness.NextId()));
            BlockEncoder.Write(batch.Events, record, next, appended, header.Codec, header.Sync, output);
            blocks.Add(new StoredBatch(At.Position + start, output.Length - start, next, appended, record));
            next += record.Count;
        }

        return blocks;
    }

    private static CheckResult CheckAll(PendingBatch batch, TailPosition position, AppendChecks checks)
    {
        if (batch.IsAbandoned)
        {
            batch.Abandon();
            return CheckResult.Answered;
        }

        if (batch.SchemaVersion < position.Header?.SchemaVersion)
        {
            batch.Refuse(new HeadwaterException(ErrorCode.StreamChanged, "The stream's schema has moved on while the request was under way; send it again."));
            return CheckResult.Answered;
        }

        return checks.Check(batch);
    }
}
