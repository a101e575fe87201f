using System.Diagnostics.CodeAnalysis;
using Headwater.Log.Ports;
using Headwater.Queues;
using Microsoft.Extensions.Logging;

namespace Headwater.LocalHost.Queues;

/// <summary>One received message to its end: hidden from others while it is handled, then deleted; after a failure given back, after too many moved to the poison queue as it is, as the Functions host does.</summary>
internal sealed class MessageHandling(string queue, QueuedAppends appends, IQueues queues, QueueSettings settings, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly CancellationTokenSource _abandoned = new();

    public string Queue => queue;

    /// <summary>Leaves everything as it stands.</summary>
    public void Abandon() => _abandoned.Cancel();

    public void Dispose() => _abandoned.Dispose();

    public void NotReceived(StorageException problem) => logger.QueueNotReceived(queue, problem);

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A message that failed is logged and comes again, or goes to poison, as the Functions host does.")]
    public async Task HandleAsync(QueuedMessage message)
    {
        await using var hiding = new MessageHiding(queue, message.Receipt, queues, settings.VisibilityTimeout, time, _abandoned.Token);
        bool succeeded = false;
        try
        {
            // One that ended its process every time is past the limit without ever having failed.
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
            // It comes again, and if its events are stored it is a repeat.
            logger.MessageNotEnded(queue, problem);
        }
    }
}
