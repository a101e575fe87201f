using Headwater.Log.Ports;
using Headwater.Queues;
using Microsoft.Extensions.Logging;

namespace Headwater.LocalHost.Queues;

/// <summary>
/// Receives the messages of one queue and handles several at a time, as the Functions host does. It receives the next batch when few messages
/// are left, and pauses for a growing time while the queue is empty. An idle queue costs one receive per
/// <see cref="QueueSettings.MaxPollingInterval"/>; a message costs one send, a share of a receive, and one delete.
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

    /// <param name="queue">The name of the queue.</param>
    /// <param name="appends">Handles the messages.</param>
    /// <param name="queues">The account's queues.</param>
    /// <param name="settings">The queue settings of host.json.</param>
    /// <param name="time">The clock of the pauses.</param>
    /// <param name="logger">Receives failures.</param>
    public static QueuePump Start(string queue, QueuedAppends appends, IQueues queues, QueueSettings settings, TimeProvider time, ILogger logger) =>
        new(new MessageHandling(queue, appends, queues, settings, time, logger), queues, settings, time);

    /// <summary>Stops receiving and waits until all received messages are handled.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _loop;
    }

    /// <summary>Simulates the end of the process: no received message is completed, renewed or released.</summary>
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
            // The pump is stopping.
        }
    }
}
