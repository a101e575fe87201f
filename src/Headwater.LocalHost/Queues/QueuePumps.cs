using Headwater.Log.Ports;
using Headwater.Queues;
using Microsoft.Extensions.Logging;

namespace Headwater.LocalHost.Queues;

/// <summary>One pump for each queue that triggers the function app.</summary>
internal sealed class QueuePumps : IAsyncDisposable
{
    private readonly QueuePump[] _pumps;

    private QueuePumps(QueuePump[] pumps) => _pumps = pumps;

    /// <inheritdoc cref="QueuePump.Start"/>
    public static QueuePumps Start(QueuedAppends appends, IQueues queues, QueueSettings settings, TimeProvider time, ILogger logger)
    {
        string[] names = [.. StorageNames.Queues.Where(q => !q.EndsWith(StorageNames.PoisonSuffix, StringComparison.Ordinal))];
        return new QueuePumps([.. names.Select(name => QueuePump.Start(name, appends, queues, settings, time, logger))]);
    }

    /// <summary>Stops receiving and waits until all received messages are handled or the token is cancelled. The queue delivers the rest again.</summary>
    public async Task StopAsync(CancellationToken patience)
    {
        await using CancellationTokenRegistration end = patience.Register(() =>
        {
            foreach (QueuePump pump in _pumps)
            {
                pump.Abandon();
            }
        });
        await Task.WhenAll(_pumps.Select(p => p.StopAsync()));
    }

    /// <inheritdoc cref="QueuePump.AbandonAsync"/>
    public Task AbandonAsync() => Task.WhenAll(_pumps.Select(p => p.AbandonAsync()));

    public async ValueTask DisposeAsync()
    {
        foreach (QueuePump pump in _pumps)
        {
            await pump.DisposeAsync();
        }
    }
}
