using Headwater.Core.Positions;
using Headwater.Log.Producers;

namespace Headwater.Queues.Handling;

/// <summary>A place in a producer's sequence in one partition.</summary>
public readonly record struct Turn(string StreamId, PartitionId Partition, string Producer, ProducerEpoch Epoch, long Sequence)
{
    public static Turn Of(string streamId, PartitionId partition, ProducerPosition producer) =>
        new(streamId, partition, producer.Id, producer.Epoch, producer.Sequence.Value);
}

/// <summary>Lets batches of one producer that this process handles at the same time, in whatever order, go one after the other instead of back on the queue.</summary>
public sealed class Turns
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Turn, List<TaskCompletionSource>> _waiting = [];

    /// <summary>Completes when the batch before this one has been appended here. Ask before trying, so that it cannot be missed; give it back with <see cref="Leave"/>.</summary>
    public TaskCompletionSource Enter(Turn turn)
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (!_waiting.TryGetValue(turn, out List<TaskCompletionSource>? all))
                _waiting[turn] = all = [];
            all.Add(mine);
        }

        return mine;
    }

    public void Leave(Turn turn, TaskCompletionSource mine)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue(turn, out List<TaskCompletionSource>? all) && all.Remove(mine) && all.Count == 0)
                _waiting.Remove(turn);
        }
    }

    /// <summary>This turn's batch is in the log: whoever waits for the next may try.</summary>
    public void Passed(Turn turn)
    {
        TaskCompletionSource[] next;
        lock (_gate)
        {
            next = _waiting.TryGetValue(turn with { Sequence = turn.Sequence + 1 }, out List<TaskCompletionSource>? all) ? [.. all] : [];
        }

        foreach (TaskCompletionSource waiting in next)
            waiting.TrySetResult();
    }
}
