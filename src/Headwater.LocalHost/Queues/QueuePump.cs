using Headwater.Log.Ports;
using Headwater.Queues;
using Microsoft.Extensions.Logging;

namespace Headwater.LocalHost.Queues;

/// <summary>
/// Receives one queue's messages and has them handled, many at a time, as the Functions host does: a batch, the next as soon as few are left, a pause that grows while there is nothing. An idle queue costs
/// one receive per <see cref="QueueSettings.MaxPollingInterval"/>; a message one send, its part of a receive, and a delete.
/// </summary>
internal sealed class QueuePump : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private readonly MessageHandling _handling;
    private readonly IQueues _queues;
    private readonly QueueSettings _settings;
    private readonly TimeProvider _time;
    private readonly Task _loop;

    private QueuePump(MessageHandling handling, IQueues queues, QueueSettings settings, TimeProvider time)
    {
        _handling = handling;
        _queues = queues;
        _settings = settings;
        _time = time;
        _loop = RunAsync();
    }

    /// <param name="queue">Which.</param>
    /// <param name="appends">Handles messages.</param>
    /// <param name="queues">The account's.</param>
    /// <param name="settings">As host.json has them.</param>
    /// <param name="time">Pauses are of its time.</param>
    /// <param name="logger">Told what failed.</param>
    public static QueuePump Start(string queue, QueuedAppends appends, IQueues queues, QueueSettings settings, TimeProvider time, ILogger logger) =>
        new(new MessageHandling(queue, appends, queues, settings, time, logger), queues, settings, time);

    /// <summary>Receives nothing more and waits until what was received is handled.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _loop;
    }

    /// <summary>As if the process had ended: nothing that was received is completed, renewed or given back.</summary>
    public void Abandon() => _handling.Abandon();

    /// <inheritdoc cref="Abandon"/>
    public Task AbandonAsync()
    {
        Abandon();
        return StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _handling.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        List<Task> handling = [];
        TimeSpan pause = FirstPause;
        while (!_stop.IsCancellationRequested)
        {
            handling.RemoveAll(h => h.IsCompleted);
            if (handling.Count > _settings.NewBatchThreshold)
            {
                await Task.WhenAny(handling);
                continue;
            }

            IReadOnlyList<QueuedMessage> batch = await ReceiveAsync();
            handling.AddRange(batch.Select(_handling.HandleAsync));
            if (batch.Count > 0)
            {
                pause = FirstPause;
                continue;
            }

            await PauseAsync(pause);
            pause = pause * 2 < _settings.MaxPollingInterval ? pause * 2 : _settings.MaxPollingInterval;
        }

        await Task.WhenAll(handling);
    }

    private async Task<IReadOnlyList<QueuedMessage>> ReceiveAsync()
    {
        try
        {
            return await _queues.ReceiveAsync(_handling.Queue, _settings.BatchSize, _settings.VisibilityTimeout, _stop.Token);
        }
        catch (StorageException problem)
        {
            _handling.NotReceived(problem);
            return [];
        }
        catch (OperationCanceledException)
        {
            return [];
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }
}
