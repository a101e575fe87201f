using Headwater.Log;
using Headwater.Log.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Headwater.Functions.Hosting;

/// <summary>Lets the log finish and write its checkpoints once nothing more is let in, within the time that the host has for stopping.</summary>
internal sealed class DrainOnStop(EventLog log, ILogger<DrainOnStop> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After every other part has stopped, the worker's own server and channel among them.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await log.DrainAsync(cancellationToken);
        }
        catch (StorageException exception)
        {
            // Checkpoints are caches: without them the next opening reads more. What was acknowledged is stored.
            logger.CheckpointsNotWritten(exception);
        }
    }
}
