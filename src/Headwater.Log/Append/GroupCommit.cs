using Headwater.Contracts.Errors;
using Headwater.Core.Segments;
using Headwater.Log.Clock;
using Headwater.Log.Errors;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Append;

/// <summary>
/// Group commit of one partition: one append in flight; what arrives meanwhile goes into the next. A lone batch waits for nobody. The loop runs only while someone waits for an answer,
/// so nothing depends on work after a response.
/// </summary>
internal sealed class GroupCommit(PartitionLog partition, LogPorts ports, LogOptions options)
{
    private readonly Lock _gate = new();

    private readonly List<PendingBatch> _waiting = [];

    private TaskCompletionSource? _running;

    /// <summary>Completes when nothing waits any more.</summary>
    public async Task IdleAsync()
    {
        Task running;
        lock (_gate)
        {
            running = _running?.Task ?? Task.CompletedTask;
        }

        // Awaited here: waiting for it with a cancellation would leave the caller's context.
        await running;
    }

    /// <summary>Queues a share; its answer comes on <see cref="PendingBatch.Answer"/>, always.</summary>
    public void Enqueue(PendingBatch batch)
    {
        lock (_gate)
        {
            _waiting.Add(batch);
            if (_running is not null)
            {
                return;
            }

            _running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _ = RunAsync();
    }

    private async Task RunAsync()
    {
        if (options.Linger > TimeSpan.Zero)
        {
            await Task.Delay(options.Linger, ports.Time);
        }

        while (true)
        {
            Task commit = CommitAsync();
            await commit.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
            if (commit.Exception?.InnerException is { } problem)
            {
                AnswerAll(problem);
            }

            lock (_gate)
            {
                _waiting.RemoveAll(b => b.Answer.IsCompleted);
                if (_waiting.Count == 0)
                {
                    _running!.TrySetResult();
                    _running = null;
                    return;
                }
            }
        }
    }

    /// <summary>One group from what waits to its answers.</summary>
    private async Task CommitAsync()
    {
        PartitionTail? tail = await partition.ReadyTailAsync(CancellationToken.None);
        if (tail is null)
        {
            FailTimedOutBatches();
            return; // Opened anew on the next round.
        }

        GroupPlan plan = GroupPlan.Make(tail, Waiting(), options.GroupBytes);
        if (plan.Batches.Count == 0 || plan.At.Header is null)
        {
            if (plan.MustAsk)
            {
                partition.MustCatchUp();
            }

            return;
        }

        using var bytes = new PooledBuffer((int)Math.Min(64 << 20, plan.Batches.Sum(b => b.Events.Bytes + 512)));
        IReadOnlyList<StoredBatch> blocks = plan.Encode(ports.Clock.Now(), ports.Randomness, bytes);
        long sent = Moment.Next();
        BlockAppendReport report = await partition.SendAsync(plan.At, bytes.WrittenMemory);
        if (report.Outcome == BlockAppendOutcome.Stored)
        {
            Stored(tail, plan, blocks, report.Blocks);
            tail.Confirm(sent); // Nobody else has been there.
        }
        else
        {
            await NotStoredAsync(tail, plan, report);
        }
    }

    private void Stored(PartitionTail tail, GroupPlan plan, IReadOnlyList<StoredBatch> blocks, int segmentBlocks)
    {
        foreach ((PendingBatch batch, StoredBatch block) in plan.Batches.Zip(blocks))
        {
            tail.Absorb(plan.At.SegmentBase, block);
            batch.Stored(block.First);
        }

        tail.CountBlocks(plan.At.SegmentBase, segmentBlocks);
        partition.NoteAppended(segmentBlocks);
    }

    private async Task NotStoredAsync(PartitionTail tail, GroupPlan plan, BlockAppendReport report)
    {
        switch (report.Outcome)
        {
            case BlockAppendOutcome.NotStored:
                tail.CountBlocks(plan.At.SegmentBase, report.Blocks);
                await partition.LostRaceAsync();
                FailTimedOutBatches();
                break;

            case BlockAppendOutcome.Missing:
                partition.Reopen();
                FailTimedOutBatches();
                break;

            case BlockAppendOutcome.Unknown:
                partition.MustCatchUp();
                foreach (PendingBatch batch in plan.Batches)
                {
                    batch.Refuse(new HeadwaterException(
                        ErrorCode.AppendUnknown,
                        "Storage did not answer in time; the events may have been stored or may be yet. Read the partition's end, or send again with the same Idempotency-Key or sequence."));
                }

                break;
        }
    }

    private PendingBatch[] Waiting()
    {
        lock (_gate)
        {
            return [.. _waiting.Where(b => !b.Answer.IsCompleted)];
        }
    }

    private void AnswerAll(Exception problem)
    {
        HeadwaterException answer = StorageErrors.Translate(problem);
        foreach (PendingBatch batch in Waiting())
        {
            batch.Refuse(answer);
        }
    }

    /// <summary>Not stored for certain, and out of time.</summary>
    private void FailTimedOutBatches()
    {
        foreach (PendingBatch batch in Waiting().Where(b => ports.Time.GetElapsedTime(b.EnqueuedAt) > options.AppendPatience))
        {
            batch.Refuse(new HeadwaterException(ErrorCode.StorageUnavailable, "Other writers took every position for too long; nothing of this share was stored. Try again.")
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            });
        }
    }
}
