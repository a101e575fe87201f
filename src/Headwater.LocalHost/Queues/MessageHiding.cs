using Headwater.Log.Ports;

namespace Headwater.LocalHost.Queues;

/// <summary>Keeps a message hidden for as long as it is being handled: one call for every half of the time it is hidden for.</summary>
internal sealed class MessageHiding : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly Task<MessageReceipt> _renewing;

    public MessageHiding(string queue, MessageReceipt receipt, IQueues queues, TimeSpan visibility, TimeProvider time, CancellationToken abandoned)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(abandoned);
        _renewing = RenewAsync(queue, receipt, queues, visibility, time, _stop.Token);
    }

    /// <summary>What to delete or give back the message with.</summary>
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

    private static async Task<MessageReceipt> RenewAsync(string queue, MessageReceipt receipt, IQueues queues, TimeSpan visibility, TimeProvider time, CancellationToken stop)
    {
        while (await WaitAsync(visibility / 2, time, stop))
        {
            try
            {
                if (await queues.ExtendAsync(queue, receipt, visibility, CancellationToken.None) is not { } pop)
                {
                    return receipt; // Somebody else has it now.
                }

                receipt = receipt with { Pop = pop };
            }
            catch (StorageException)
            {
                // Tried again at the next half; if that fails too, the message is handled twice, which changes nothing.
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
