using Headwater.Hosting.Composition;
using Headwater.Log;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Headwater.Functions.Hosting;

/// <summary>
/// Warns at the start of a process with little memory. Drains the log when the app stops: it answers waiting reads, finishes pending appends and writes its
/// checkpoints within the host's shutdown timeout.
/// </summary>
internal sealed class DrainOnStop(EventLog log, LogOptions options, ILogger<DrainOnStop> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (ProcessMemory.WarningOf(options) is { } warning)
        {
            logger.LittleMemory(warning);
        }

        return Task.CompletedTask;
    }

    /// <summary>Runs before anything else stops. The worker's HTTP server waits for its requests, so reads that wait for events are answered now.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        log.StopWaiting();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs after everything else has stopped, including the worker's HTTP server and its channel.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await log.DrainAsync(cancellationToken);
        }
        catch (StorageException exception)
        {
            // Checkpoints are caches: without them, the next start reads more of the log. Acknowledged events are stored either way.
            logger.CheckpointsNotWritten(exception);
        }
    }
}
