using Headwater.Core.Positions;
using Headwater.Log.Producers;

namespace Headwater.Queues.Handling;

/// <summary>One place in a producer's sequence in one partition.</summary>
/// <param name="StreamId">The stream's id.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Producer">The producer's id.</param>
/// <param name="Epoch">The producer's epoch.</param>
/// <param name="Sequence">The sequence number.</param>
public readonly record struct SequencePlace(string StreamId, PartitionId Partition, string Producer, ProducerEpoch Epoch, long Sequence)
{
    /// <summary>The place of a producer's position.</summary>
    public static SequencePlace Of(string streamId, PartitionId partition, ProducerPosition producer) =>
        new(streamId, partition, producer.Id, producer.Epoch, producer.Sequence.Value);
}

/// <summary>
/// Orders batches of one producer that this process handles concurrently, so that a batch waits briefly for its predecessor instead of returning to the
/// queue.
/// </summary>
public sealed class SequenceGate
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SequencePlace, List<TaskCompletionSource>> _waiting = [];

    /// <summary>
    /// Registers for a signal that completes when this process has appended the predecessor. Call this before the first attempt, or the signal can be missed.
    /// Release with <see cref="Leave"/>.
    /// </summary>
    public TaskCompletionSource Enter(SequencePlace place)
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (!_waiting.TryGetValue(place, out List<TaskCompletionSource>? all))
            {
                _waiting[place] = all = [];
            }

            all.Add(mine);
        }

        return mine;
    }

    /// <summary>Releases what <see cref="Enter"/> returned.</summary>
    public void Leave(SequencePlace place, TaskCompletionSource mine)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue(place, out List<TaskCompletionSource>? all) && all.Remove(mine) && all.Count == 0)
            {
                _waiting.Remove(place);
            }
        }
    }

    /// <summary>Signals that the batch at this place is in the log, so that its successor can be appended.</summary>
    public void Passed(SequencePlace place)
    {
        TaskCompletionSource[] next;
        lock (_gate)
        {
            next = _waiting.TryGetValue(place with { Sequence = place.Sequence + 1 }, out List<TaskCompletionSource>? all) ? [.. all] : [];
        }

        foreach (TaskCompletionSource waiting in next)
        {
            waiting.TrySetResult();
        }
    }
}
