using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Producers;

namespace Headwater.Log.Append;

/// <summary>
/// Checks the batches of one group, in this order: repeat, epoch, sequence, If-Offset. The checks use the known tail plus the batches already in the group, and
/// start over whenever a lost race has moved the tail. An answer without an append must be true of the stored state at some moment after the request arrived.
/// It must not depend on batches in flight, on a tail that other processes may have moved, or on a stream that may be deleted.
/// </summary>
/// <param name="tail">The tail that the group will be appended to.</param>
/// <param name="partition">The partition.</param>
/// <param name="digests">What was read of the digests of stored batches.</param>
/// <param name="memory">How long producers are remembered.</param>
/// <param name="now">The service's time.</param>
internal sealed class AppendChecks(TailSnapshot tail, PartitionId partition, BatchDigests digests, MemoryOptions memory, UnixMicros now)
{
    private readonly HashSet<RequestKey> _keysInGroup = [];

    private readonly Dictionary<string, (ProducerEpoch Epoch, SequenceNumber Next)> _producersInGroup = new(StringComparer.Ordinal);

    private Offset _next = tail.At.Next;

    public BatchDecision Check(PendingBatch batch)
    {
        BatchDecision result = CheckRepeat(batch) ?? CheckProducer(batch) ?? CheckOffset(batch) ?? BatchDecision.Store;
        if (result.Kind == BatchDecisionKind.Store)
        {
            Take(batch);
        }

        return result;
    }

    private BatchDecision? CheckRepeat(PendingBatch batch)
    {
        if (batch.Options.Request is not { } request)
        {
            return null;
        }

        if (_keysInGroup.Contains(request.Key))
        {
            return BatchDecision.Later;
        }

        if (!tail.IsKnown(request.Key))
        {
            return BatchDecision.Later; // Appended by another process since the keys were looked up. The next group looks it up.
        }

        if (tail.Find(request.Key) is not { } known)
        {
            return null;
        }

        return known.Digest == request.Digest ? RepeatIfSure(batch, known.Base) : RefuseIfSure(batch, KeyReused);
    }

    private BatchDecision? CheckProducer(PendingBatch batch)
    {
        if (batch.Options.Producer is not { } producer)
        {
            return null;
        }

        ProducerState? stored = tail.Find(producer.Id);
        if (stored is not null && stored.Epoch == producer.Epoch && producer.Sequence < stored.Next)
        {
            return CheckSequenceRepeat(batch, producer);
        }

        if (stored is not null && producer.Epoch < stored.Epoch)
        {
            return RefuseIfSure(batch, () => StaleEpoch(producer, stored.Epoch));
        }

        if (_producersInGroup.TryGetValue(producer.Id, out var grouped))
        {
            return grouped == (producer.Epoch, producer.Sequence) ? null : BatchDecision.Later;
        }

        if (stored is null && MayBeForgotten(batch))
        {
            return RefuseIfSure(batch, () => Forgotten(producer));
        }

        SequenceNumber expected = stored is not null && stored.Epoch == producer.Epoch ? stored.Next : SequenceNumber.Zero;
        return producer.Sequence == expected ? null : RefuseIfSure(batch, () => Gap(producer, expected));
    }

    /// <summary>A stored batch without a digest, or without its record since compaction, is not compared.</summary>
    private BatchDecision CheckSequenceRepeat(PendingBatch batch, ProducerPosition producer)
    {
        if (tail.Find(producer) is not { } stored || batch.Digest is not { } digest)
        {
            return RepeatIfSure(batch, tail.Find(producer)?.Base);
        }

        if (digests.Of(stored.Base) is not { } read)
        {
            return BatchDecision.Later; // Appended since the digests were read, or one of many. The next group reads it.
        }

        if (read.Problem is { } problem)
        {
            return BatchDecision.Refuse(problem);
        }

        return read.Digest is { } other && other != digest
            ? RefuseIfSure(batch, () => SequenceReused(producer))
            : RepeatIfSure(batch, stored.Base);
    }

    /// <summary>
    /// Whether the partition may have forgotten this epoch: it appends to the partition for the first time only if it was issued after the newest append of a
    /// forgotten producer. The time of issue of an epoch that was replaced is unknown.
    /// </summary>
    private bool MayBeForgotten(PendingBatch batch) =>
        tail.ProducersForgotten.Value > 0
        && !(batch.Epoch.Issued is { } issued && issued > tail.ProducersForgotten.Plus(memory.EpochMargin));

    private BatchDecision? CheckOffset(PendingBatch batch)
    {
        if (batch.Options.IfOffset is not { } expected || expected == _next)
        {
            return null;
        }

        return _next != tail.At.Next ? BatchDecision.Later : RefuseIfSure(batch, () => Mismatch(expected, tail.At.Next));
    }

    private BatchDecision RepeatIfSure(PendingBatch batch, Offset? first) => IsSure(batch) ? BatchDecision.Repeat(first) : BatchDecision.Unsure;

    private BatchDecision RefuseIfSure(PendingBatch batch, Func<HeadwaterException> reason) =>
        IsSure(batch) ? BatchDecision.Refuse(reason()) : BatchDecision.Unsure;

    private bool IsSure(PendingBatch batch) => tail.ConfirmedAt >= batch.Came;

    private void Take(PendingBatch batch)
    {
        _next += batch.Events.Count;
        if (batch.Options.Request is { } request)
        {
            _keysInGroup.Add(request.Key);
        }

        if (batch.Options.Producer is { } producer)
        {
            _producersInGroup[producer.Id] = (producer.Epoch, producer.Sequence.Next);
        }
    }

    /// <summary>An epoch issued after the margin is accepted. Until then, a new one would be refused again.</summary>
    private HeadwaterException Forgotten(ProducerPosition producer)
    {
        TimeSpan wait = TimeSpan.FromMicroseconds(tail.ProducersForgotten.Plus(memory.EpochMargin).Value - now.Value);
        return new HeadwaterException(
            ErrorCode.EpochForgotten,
            $"Partition {partition} may have forgotten what epoch {producer.Epoch} of producer '{producer.Id}' appended, so it cannot tell a repeat from a new "
            + "request. Nothing was stored. Read the partition to see what is stored, then start a new epoch after the given time.")
        {
            Facts = new ProducerPartitionFacts(partition.Value),
            RetryAfter = wait > TimeSpan.FromSeconds(1) ? wait : TimeSpan.FromSeconds(1),
        };
    }

    private static HeadwaterException KeyReused() =>
        new(ErrorCode.IdempotencyKeyReused, "This Idempotency-Key was already used with a different body. Use a new key for new events.");

    private HeadwaterException SequenceReused(ProducerPosition producer) =>
        new(
            ErrorCode.SequenceReused,
            $"Producer '{producer.Id}' stored other events under sequence {producer.Sequence} of epoch {producer.Epoch} in partition {partition}. "
            + "Nothing of this request was stored. Two processes may share the producer's id; each needs its own id or a new epoch.")
        {
            Facts = new SequenceReusedFacts(partition.Value),
        };

    private HeadwaterException StaleEpoch(ProducerPosition producer, ProducerEpoch current) =>
        new(
            ErrorCode.StaleEpoch,
            $"Producer '{producer.Id}' was restarted: epoch {producer.Epoch} is fenced by epoch {current}. Only the newest instance can append.")
        {
            Facts = new StaleEpochFacts(current.Value, partition.Value),
        };

    private static HeadwaterException Mismatch(Offset expected, Offset end) =>
        new(ErrorCode.OffsetMismatch, $"If-Offset is {expected} but the log end offset is {end}.")
        {
            Facts = new LogEndFacts(end.Value),
        };

    private HeadwaterException Gap(ProducerPosition producer, SequenceNumber expected) =>
        new(
            ErrorCode.SequenceGap,
            $"Producer '{producer.Id}' sent sequence {producer.Sequence} where {expected} is due in partition {partition}. Send the missing requests first.")
        {
            Facts = new SequenceGapFacts(expected.Value, partition.Value),
        };
}
