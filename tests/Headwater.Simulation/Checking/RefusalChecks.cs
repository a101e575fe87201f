using Headwater.Contracts.Errors;
using Headwater.Simulation.History;

namespace Headwater.Simulation.Checking;

/// <summary>A refusal makes a statement about the log. The statement must have been true at some moment between request and answer.</summary>
internal sealed class RefusalChecks(OperationHistory history, StoredLog log, List<Violation> violations)
{
    private readonly HashSet<(string StreamId, string Producer, int Epoch)> _issued = [.. history.Epochs.Select(e => (e.StreamId, e.Producer, e.Epoch))];

    public void Check()
    {
        foreach (AppendAttempt attempt in history.Appends.Where(a => a is { StreamId: not "", Refusal: not null }))
        {
            bool holds = attempt.Refusal switch
            {
                ErrorCode.OffsetMismatch => OffsetDiffers(attempt),
                ErrorCode.SequenceGap => SequenceIsMissing(attempt),
                ErrorCode.StaleEpoch => EpochIsStale(attempt),
                ErrorCode.IdempotencyKeyReused => attempt.ReusesKey,
                ErrorCode.SequenceReused => attempt.ReusesSequence,
                ErrorCode.ProducerNotStarted => !_issued.Contains((attempt.StreamId, attempt.Producer!.Id, attempt.Producer.Epoch)),
                _ => true,
            };
            if (!holds)
            {
                violations.Add(new Violation(ViolationKind.WrongRefusal, $"{attempt} was refused: {attempt.Refusal} {attempt.RefusalFact}"));
            }
        }

        foreach (AppendAttempt attempt in history.Appends.Where(a => a.ReusesKey && a.Shares.Count > 0))
        {
            violations.Add(new Violation(ViolationKind.WrongReplay, $"{attempt} reuses a key with other events and was acknowledged"));
        }

        foreach (AppendAttempt attempt in history.Appends.Where(a => a.ReusesSequence && a.Shares.Count > 0))
        {
            violations.Add(new Violation(ViolationKind.WrongReplay, $"{attempt} reuses a sequence with other events and was acknowledged"));
        }
    }

    private bool OffsetDiffers(AppendAttempt attempt)
    {
        long? end = attempt.RefusalFact;
        return end != attempt.IfOffset && end >= log.EndAt(attempt.StreamId, attempt.Target, attempt.Invoked)
            && end <= log.EndAt(attempt.StreamId, attempt.Target, attempt.Returned);
    }

    private bool SequenceIsMissing(AppendAttempt attempt)
    {
        ProducerStamp sent = attempt.Producer!;
        return attempt.RefusalFact != sent.Sequence
            && attempt.RefusalFact >= Expected(attempt, attempt.Invoked)
            && attempt.RefusalFact <= Expected(attempt, attempt.Returned);
    }

    private bool EpochIsStale(AppendAttempt attempt)
    {
        ProducerStamp sent = attempt.Producer!;
        return attempt.RefusalFact > sent.Epoch
            && log
                .Of(attempt.StreamId, attempt.Target)
                .Any(e => e.Producer?.Id == sent.Id && e.Producer.Epoch == attempt.RefusalFact && e.Step <= attempt.Returned);
    }

    /// <summary>The next sequence of the attempt's epoch at a step.</summary>
    private long Expected(AppendAttempt attempt, long step)
    {
        ProducerStamp sent = attempt.Producer!;
        return log
            .Of(attempt.StreamId, attempt.Target)
            .Where(e => e.Step <= step && e.Producer?.Id == sent.Id && e.Producer.Epoch == sent.Epoch)
            .Select(e => e.Producer!.Sequence + 1)
            .LastOrDefault();
    }
}
