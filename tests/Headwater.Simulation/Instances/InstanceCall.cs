using Headwater.Log;
using Headwater.Simulation.Scheduling;

namespace Headwater.Simulation.Instances;

/// <summary>One client request to an instance, over a network with latency. Ends with an answer, a lost connection, or the client's timeout.</summary>
internal sealed class InstanceCall<T>(Timeline timeline, Party client, SimulatedInstance instance) : IInstanceCall
{
    private static readonly TimeSpan Network = TimeSpan.FromMilliseconds(1);

    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly CancellationTokenSource _disconnected = new();

    public Task<T> SendAsync(Func<EventLog, CancellationToken, Task<T>> work, TimeSpan patience)
    {
        if (instance.Party.IsDead)
        {
            return Task.FromException<T>(new NoAnswerException(NoAnswer.Refused));
        }

        instance.Began(this);
        timeline.After(Network, instance.Party, () => _ = WorkAsync(work));
        timeline.After(patience, client, GiveUp);
        return _answer.Task;
    }

    public void ConnectionLost() => timeline.After(Network, client, () => _answer.TrySetException(new NoAnswerException(NoAnswer.Lost)));

    private async Task WorkAsync(Func<EventLog, CancellationToken, Task<T>> work)
    {
        Action answer;
        try
        {
            T value = await work(instance.Log, _disconnected.Token);
            answer = () => _answer.TrySetResult(value);
        }
        catch (Exception problem)
        {
            answer = () => _answer.TrySetException(problem);
        }

        instance.Ended(this);
        timeline.After(Network, client, answer);
    }

    /// <summary>The instance notices that its client disconnected.</summary>
    private void GiveUp()
    {
        if (_answer.TrySetException(new NoAnswerException(NoAnswer.GaveUp)))
        {
            timeline.After(Network, instance.Party, _disconnected.Cancel);
        }
    }
}

/// <summary>A call that loses its answer if the instance dies.</summary>
internal interface IInstanceCall
{
    void ConnectionLost();
}
