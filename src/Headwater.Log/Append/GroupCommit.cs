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
/// Group commit for one partition. One append is in flight at a time; batches that arrive during an append go into the next one. A single batch is sent
/// without delay. The loop runs only while a caller waits for an answer, so nothing depends on work after a response.
/// </summary>
internal sealed class GroupCommit(OpenPartition partition, PartitionSteps steps, LogPorts ports, LogOptions options)
{
    private readonly AppendTarget _target = new(partition, steps, ports, options);

    private readonly Contention _contention = new(ports);

    private readonly Lock _gate = new();

    private readonly List<PendingBatch> _waiting = [];

    private TaskCompletionSource? _running;

    /// <summary>Whether the current round has sent its batches. Used only by the loop.</summary>
    private bool _isSent;

    /// <summary>Completes when no batch waits.</summary>
    public async Task IdleAsync()
    {
        Task running;
        lock (_gate)
        {
            running = _running?.Task ?? Task.CompletedTask;
        }

        // Await the task itself: WaitAsync with a cancellation token would continue outside the caller's context.
        await running;
    }

    /// <summary>Queues a share. <see cref="PendingBatch.Answered"/> always completes.</summary>
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

        _ = partition.Hold.WhileAsync(RunAsync);
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
                _waiting.RemoveAll(b => b.Answered.IsCompleted);
                if (_waiting.Count == 0)
                {
                    _running!.TrySetResult();
                    _running = null;
                    return;
                }
            }
        }
    }

    /// <summary>Plans, sends and answers one group.</summary>
    private async Task CommitAsync()
    {
        _isSent = false;
        if (await _contention.YieldAsync())
        {
            _target.MustCatchUp(); // Other processes may have appended during the wait.
        }

        PartitionTail? tail = await _target.ReadyAsync(Waiting()[0].Stream, CancellationToken.None);
        if (tail is null)
        {
            FailTimedOutBatches();
            return; // The next round opens the partition again.
        }

        await partition.Keys.PrepareAsync(tail, GroupPlan.KeysOf(Waiting()), CancellationToken.None);
        await partition.Digests.PrepareAsync(tail, partition.Keys, GroupPlan.SequencesOf(Waiting()), CancellationToken.None);
        FailTimedOutBatches(); // A recall of older request keys holds for that long.
        GroupPlan plan = GroupPlan.Make(partition, tail, Waiting(), options, ports.Clock.Now());
        foreach ((PendingBatch batch, BatchDecision decision) in plan.Answers)
        {
            batch.Answer(decision);
        }

        if (plan.Batches.Count == 0 || plan.At.Header is null)
        {
            if (plan.MustAsk)
            {
                _target.MustCatchUp();
            }

            return;
        }

        using var bytes = new PooledBuffer((int)Math.Min(64 << 20, plan.Batches.Sum(b => b.Events.Bytes + 512)));
        IReadOnlyList<StoredBatch> blocks = plan.Encode(ports.Clock.Now(), ports.Randomness, bytes);
        long sent = Moment.Next();
        BlockAppendReport report = await SendAsync(plan.At, bytes.WrittenMemory);
        if (report.Outcome == BlockAppendOutcome.Stored)
        {
            Stored(tail, plan, blocks, report.Blocks);
            tail.Confirm(sent); // The append succeeded at the expected end, so no other process has appended.
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
        _contention.Won(segmentBlocks);
        partition.CheckpointIfDue(plan.Batches[^1].Stream);
    }

    private async Task NotStoredAsync(PartitionTail tail, GroupPlan plan, BlockAppendReport report)
    {
        switch (report.Outcome)
        {
            case BlockAppendOutcome.Full:
                tail.MarkFull(plan.At.SegmentBase);
                await LostRaceAsync();
                break;

            case BlockAppendOutcome.NotStored:
                await LostRaceAsync();
                break;

            case BlockAppendOutcome.Missing:
                partition.Reopen();
                FailTimedOutBatches();
                break;

            case BlockAppendOutcome.Unknown:
                _target.MustCatchUp();
                foreach (PendingBatch batch in plan.Batches)
                {
                    batch.Refuse(new HeadwaterException(
                        ErrorCode.AppendUnknown,
                        "Storage did not answer in time; the events may have been stored or may be yet. "
                        + "Read the partition's end, or send again with the same Idempotency-Key or sequence."));
                }

                break;
        }
    }

    /// <summary>Another writer appended at the position: the next attempt first reads that writer's blocks.</summary>
    private async Task LostRaceAsync()
    {
        _target.MustCatchUp();
        await _contention.LostAsync();
        FailTimedOutBatches();
    }

    private async Task<BlockAppendReport> SendAsync(TailPosition at, ReadOnlyMemory<byte> bytes)
    {
        long began = ports.Time.GetTimestamp();
        _isSent = true;
        BlockAppendReport report = await steps.Sender.SendAsync(partition.Place.Segment(at.SegmentBase), at.Position, bytes, CancellationToken.None);
        _contention.Took(ports.Time.GetElapsedTime(began));
        return report;
    }

    private PendingBatch[] Waiting()
    {
        lock (_gate)
        {
            return [.. _waiting.Where(b => !b.Answered.IsCompleted)];
        }
    }

    private void AnswerAll(Exception problem)
    {
        HeadwaterException answer = StorageErrors.Translate(problem, isUnsent: !_isSent);
        foreach (PendingBatch batch in Waiting())
        {
            batch.Refuse(answer);
        }
    }

    /// <summary>Refuses batches that waited too long. Call only when no waiting batch can have been stored.</summary>
    private void FailTimedOutBatches()
    {
        foreach (PendingBatch batch in Waiting().Where(b => ports.Time.GetElapsedTime(b.EnqueuedAt) > options.AppendPatience))
        {
            batch.Refuse(new HeadwaterException(
                ErrorCode.StorageUnavailable,
                "The append lost every race to other writers until it timed out. Nothing was stored in this partition; retry.")
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            });
        }
    }
}
