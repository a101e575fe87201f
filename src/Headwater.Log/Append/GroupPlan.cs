using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Producers;
using Headwater.Log.Segments;

namespace Headwater.Log.Append;

/// <summary>The batches of the next AppendBlock and its position, and the batches to answer without an append.</summary>
/// <param name="At">The tail position that the batches were checked against and will be sent to.</param>
/// <param name="Batches">The batches to append, in order of arrival; empty if none.</param>
/// <param name="Answers">The batches to answer without an append, each with its decision.</param>
/// <param name="MustAsk">True if the log end must be read from storage before the next batch can be answered.</param>
internal sealed record GroupPlan(
    TailPosition At, IReadOnlyList<PendingBatch> Batches, IReadOnlyList<(PendingBatch Batch, BatchDecision Decision)> Answers, bool MustAsk)
{
    private static readonly TimeSpan ClockError = TimeSpan.FromMinutes(5);

    /// <summary>Checks the waiting batches and selects as many as fit in one AppendBlock. Only decides; does not complete any batch.</summary>
    /// <param name="partition">The partition, with what was read of request keys and digests.</param>
    /// <param name="tail">The partition's tail, as this process knows it.</param>
    /// <param name="waiting">The waiting batches, in order of arrival.</param>
    /// <param name="options">Maximum bytes of a group, unless one batch alone is larger; and what is remembered.</param>
    /// <param name="now">The service's time.</param>
    public static GroupPlan Make(OpenPartition partition, PartitionTail tail, IReadOnlyList<PendingBatch> waiting, LogOptions options, UnixMicros now)
    {
        TailSnapshot snapshot = SnapshotFor(tail, waiting, partition.Keys);
        var checks = new AppendChecks(snapshot, partition.Place.Partition, partition.Digests, options.Memory, now);
        var taken = new List<PendingBatch>();
        var answers = new List<(PendingBatch, BatchDecision)>();
        long bytes = 0;
        bool mustAsk = false;
        foreach (PendingBatch batch in waiting)
        {
            if (taken.Count > 0 && bytes + batch.Events.Bytes > options.GroupBytes)
            {
                break;
            }

            BatchDecision decision = Decide(batch, snapshot.At, checks);
            if (decision.Kind is BatchDecisionKind.Later or BatchDecisionKind.Unsure)
            {
                mustAsk = decision.Kind == BatchDecisionKind.Unsure;
                break;
            }

            if (decision.Kind == BatchDecisionKind.Store)
            {
                taken.Add(batch);
                bytes += batch.Events.Bytes;
            }
            else
            {
                answers.Add((batch, decision));
            }
        }

        return new GroupPlan(snapshot.At, taken, answers, mustAsk);
    }

    /// <summary>Encodes one container block per batch, at consecutive offsets from the tail. Append times never decrease.</summary>
    /// <returns>The blocks, with their positions in the segment.</returns>
    public IReadOnlyList<StoredBatch> Encode(UnixMicros now, Ports.Randomness randomness, PooledBuffer output)
    {
        TailHeader header = At.Header ?? throw new InvalidOperationException("A segment without a header takes no batch.");
        UnixMicros appended = AppendTime(now);
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

    /// <summary>
    /// At least the append time of the event before, and at least the time at which a batch's epoch was issued: the clock may be behind, and an event that is
    /// older than its epoch would let the epoch pass for one issued after its producer was forgotten. A time of issue far ahead of the clock is wrong itself.
    /// </summary>
    private UnixMicros AppendTime(UnixMicros now)
    {
        UnixMicros least = now > At.LastAppended ? now : At.LastAppended;
        UnixMicros most = least.Plus(ClockError);
        return Batches.Select(b => b.Epoch.NewestIssued).OfType<UnixMicros>().Where(t => t <= most).Append(least).Max();
    }

    /// <summary>The request keys of the batches.</summary>
    public static IReadOnlyCollection<RequestKey> KeysOf(IReadOnlyList<PendingBatch> waiting) =>
        [.. waiting.Select(b => b.Options.Request?.Key).OfType<RequestKey>()];

    /// <summary>The sequences of the batches whose repeats are compared.</summary>
    public static IReadOnlyCollection<ProducerPosition> SequencesOf(IReadOnlyList<PendingBatch> waiting) =>
        [.. waiting.Where(b => b.Digest is not null).Select(b => b.Options.Producer).OfType<ProducerPosition>()];

    private static TailSnapshot SnapshotFor(PartitionTail tail, IReadOnlyList<PendingBatch> waiting, KeyLookup lookup)
    {
        var producers = new List<string>();
        foreach (PendingBatch batch in waiting)
        {
            if (batch.Options.Producer is { } producer)
            {
                producers.Add(producer.Id);
            }
        }

        return tail.Snapshot(KeysOf(waiting), producers, lookup);
    }

    private static BatchDecision Decide(PendingBatch batch, TailPosition at, AppendChecks checks)
    {
        if (batch.IsAbandoned)
        {
            return BatchDecision.Abandon;
        }

        if (at.Header is { } header && batch.Stream.SchemaVersion != header.SchemaVersion)
        {
            // A newer schema needs a new segment: the next group begins with this batch and rolls. A segment without events cannot be rolled, so its
            // schema version remains.
            bool rolls = batch.Stream.SchemaVersion > header.SchemaVersion && at.FirstAppended is not null;
            return rolls ? BatchDecision.Later : BatchDecision.Refuse(SchemaChanged());
        }

        return checks.Check(batch);
    }

    private static HeadwaterException SchemaChanged() =>
        new(ErrorCode.StreamChanged, "The stream's schema changed after the request was read. Nothing was stored; retry.");
}
