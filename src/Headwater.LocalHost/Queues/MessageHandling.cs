using System.Diagnostics.CodeAnalysis;
using Headwater.Log.Errors;
using Headwater.Log.Ports;
using Headwater.Queues;
using Microsoft.Extensions.Logging;

namespace Headwater.LocalHost.Queues;

/// <summary>
/// Handles one received message as the Functions host does. The message is hidden while it is handled, then deleted. After a failure it becomes
/// visible again; after too many failures it is moved unchanged to the poison queue.
/// </summary>
internal sealed class MessageHandling(
    string queue, QueuedAppends appends, IQueues queues, QueueSettings settings, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly CancellationTokenSource _abandoned = new();

    public string Queue => queue;

    /// <summary>Stops without completing, renewing or releasing any message.</summary>
    public void Abandon() => _abandoned.Cancel();

    public void Dispose() => _abandoned.Dispose();

    public void NotReceived(StorageException problem)
    {
        if (!StorageErrors.IsOutage(problem))
        {
            logger.QueueNotReceived(queue, problem);
        }
    }

    [SuppressMessage(
        "Design", "CA1031:Do not catch general exception types",
        Justification = "A failed message is logged and retried, or moved to the poison queue, as in the Functions host.")]
    public async Task HandleAsync(QueuedMessage message)
    {
        await using var hiding = new MessageHiding(queue, message.Receipt, queues, settings.VisibilityTimeout, time, _abandoned.Token);
        bool succeeded = false;
        try
        {
            // A message whose handling ends the process every time exceeds the limit without a recorded failure.
            if (message.DequeueCount <= settings.MaxDequeueCount)
            {
                await appends.HandleAsync(queue, message.Body, message.Enqueued, message.DequeueCount, _abandoned.Token);
                succeeded = true;
            }
        }
        catch (OperationCanceledException) when (_abandoned.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception) when (StorageErrors.IsOutage(exception))
        {
            // The queue delivers the message again.
        }
        catch (Exception exception)
        {
            logger.MessageFailed(queue, message.DequeueCount, exception);
        }

        MessageReceipt receipt = await hiding.StopAsync();
        if (!_abandoned.IsCancellationRequested)
        {
            await EndAsync(message, receipt, succeeded);
        }
    }

    private async Task EndAsync(QueuedMessage message, MessageReceipt receipt, bool succeeded)
    {
        try
        {
            if (!succeeded && message.DequeueCount < settings.MaxDequeueCount)
            {
                await queues.ExtendAsync(queue, receipt, settings.VisibilityTimeout, CancellationToken.None);
                return;
            }

            if (!succeeded)
            {
                await queues.SendAsync(queue + StorageNames.PoisonSuffix, message.Body, TimeSpan.Zero, CancellationToken.None);
                logger.MessagePoisoned(queue, message.DequeueCount);
            }

            await queues.DeleteAsync(queue, receipt, CancellationToken.None);
        }
        catch (StorageException problem)
        {
            // The queue delivers the message again. If its events are stored, that delivery is a repeat and stores nothing.
            if (!StorageErrors.IsOutage(problem))
            {
                logger.MessageNotEnded(queue, problem);
            }
        }
    }
}
