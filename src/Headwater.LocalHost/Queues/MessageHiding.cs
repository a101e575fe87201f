using Headwater.Log.Ports;

namespace Headwater.LocalHost.Queues;

/// <summary>Keeps a message hidden while it is handled. Costs one call per half of the visibility timeout.</summary>
internal sealed class MessageHiding : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly Task<MessageReceipt> _renewing;

    public MessageHiding(string queue, MessageReceipt receipt, IQueues queues, TimeSpan visibility, TimeProvider time, CancellationToken abandoned)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(abandoned);
        _renewing = RenewAsync(queue, receipt, queues, visibility, time, _stop.Token);
    }

    /// <summary>Stops renewing.</summary>
    /// <returns>The receipt with which to delete or release the message.</returns>
    public async Task<MessageReceipt> StopAsync()
    {
        await _stop.CancelAsync();
        return await _renewing;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private static async Task<MessageReceipt> RenewAsync(
        string queue, MessageReceipt receipt, IQueues queues, TimeSpan visibility, TimeProvider time, CancellationToken stop)
    {
        while (await WaitAsync(visibility / 2, time, stop))
        {
            try
            {
                if (await queues.ExtendAsync(queue, receipt, visibility, CancellationToken.None) is not { } pop)
                {
                    return receipt; // Another receiver holds the message.
                }

                receipt = receipt with { Pop = pop };
            }
            catch (StorageException)
            {
                // Retried after the next half. If that fails too, the message is handled twice, and the second time stores nothing.
            }
        }

        return receipt;
    }

    private static async Task<bool> WaitAsync(TimeSpan wait, TimeProvider time, CancellationToken stop)
    {
        try
        {
            await Task.Delay(wait, time, stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
