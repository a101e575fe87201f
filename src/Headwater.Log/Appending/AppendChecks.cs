using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Errors;
using Headwater.Log.Partitions;

namespace Headwater.Log.Appending;

internal enum CheckResult
{
    /// <summary>Goes into the group.</summary>
    Store,

    /// <summary>Answered: a repeat or refused.</summary>
    Answered,

    /// <summary>Depends on a batch of this very group, or would be refused by an end that may be out of date: waits for the next one.</summary>
    Later,
}

/// <summary>
/// The checks of DESIGN "Append" step 4 for one group, in order: repeat, epoch, sequence, If-Offset. Made against the tail as known now plus the batches already in the group,
/// and made again from nothing whenever a lost race has moved the tail. What a stale tail can only understate (repeats, fenced epochs, reused keys) is answered from it; a gap and
/// a mismatched offset are answered only when the end is certain and no batch of the group, which may yet fail, stands behind them.
/// </summary>
internal sealed class AppendChecks(TailPosition tail, ProducerMemory producers, KeyMemory keys)
{
    private readonly HashSet<RequestKey> _keysInGroup = [];

    private readonly Dictionary<string, (ProducerEpoch Epoch, SequenceNumber Next)> _producersInGroup = new(StringComparer.Ordinal);

    private Offset _next = tail.Next;

    public CheckResult Check(PendingBatch batch)
    {
        CheckResult result = CheckRepeat(batch) ?? CheckProducer(batch) ?? CheckOffset(batch) ?? CheckResult.Store;
        if (result == CheckResult.Store)
        {
            Take(batch);
        }

        return result;
    }

    private CheckResult? CheckRepeat(PendingBatch batch)
    {
        if (batch.Options.Request is not { } request)
        {
            return null;
        }

        if (_keysInGroup.Contains(request.Key))
        {
            return CheckResult.Later;
        }

        if (keys.Find(request.Key) is not { } known)
        {
            return null;
        }

        if (known.Digest == request.Digest)
        {
            batch.Repeated(known.Base);
        }
        else
        {
            batch.Refuse(new HeadwaterException(ErrorCode.IdempotencyKeyReused, "This Idempotency-Key came with another body before. Use a new key for new events."));
        }

        return CheckResult.Answered;
    }

    private CheckResult? CheckProducer(PendingBatch batch)
    {
        if (batch.Options.Producer is not { } producer)
        {
            return null;
        }

        ProducerMemory.Remembered? stored = producers.Find(producer.Id);
        if (stored is not null && stored.Epoch == producer.Epoch && producer.Sequence < stored.Next)
        {
            batch.Repeated(stored.Recent(producer.Sequence)?.Base);
            return CheckResult.Answered;
        }

        if (_producersInGroup.TryGetValue(producer.Id, out (ProducerEpoch Epoch, SequenceNumber Next) grouped))
        {
            return producer.Epoch == grouped.Epoch && producer.Sequence == grouped.Next ? null : CheckResult.Later;
        }

        ProducerEpoch epoch = stored?.Epoch ?? ProducerEpoch.None;
        if (producer.Epoch < epoch)
        {
            batch.Refuse(StaleEpoch(producer, epoch));
            return CheckResult.Answered;
        }

        SequenceNumber expected = producer.Epoch == epoch ? stored!.Next : SequenceNumber.Zero;
        return producer.Sequence == expected ? null : RefuseIfCertain(batch, Gap(producer, expected));
    }

    private CheckResult? CheckOffset(PendingBatch batch)
    {
        if (batch.Options.IfOffset is not { } expected || expected == _next)
        {
            return null;
        }

        return _next != tail.Next ? CheckResult.Later : RefuseIfCertain(batch, new HeadwaterException(ErrorCode.OffsetMismatch, $"If-Offset is {expected} but the log end offset is {_next}.")
        {
            Facts = new Dictionary<string, object?> { ["logEndOffset"] = _next.Value },
        });
    }

    private static CheckResult RefuseIfCertain(PendingBatch batch, HeadwaterException reason)
    {
        if (!batch.IsEndCertain)
        {
            return CheckResult.Later;
        }

        batch.Refuse(reason);
        return CheckResult.Answered;
    }

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

    public static HeadwaterException StaleEpoch(ProducerPosition producer, ProducerEpoch current) =>
        new(ErrorCode.StaleEpoch, $"Producer '{producer.Id}' has been started again: epoch {producer.Epoch} is fenced by {current}. Only the newest instance may append.")
        {
            Facts = new Dictionary<string, object?> { ["currentEpoch"] = current.Value },
        };

    private static HeadwaterException Gap(ProducerPosition producer, SequenceNumber expected) =>
        new(ErrorCode.SequenceGap, $"Producer '{producer.Id}' sent sequence {producer.Sequence} where {expected} is due. Send the missing requests first.")
        {
            Facts = new Dictionary<string, object?> { ["expectedSequence"] = expected.Value },
        };
}
