using Headwater.Core.Positions;
using Headwater.Log.Cleanup;
using Headwater.Log.Errors;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Streams;

namespace Headwater.Log.Maintenance;

/// <summary>
/// Once a day, cleans up the folders of all names, whether or not the stream exists. Finds the remains of interrupted deletions and creations.
/// </summary>
internal sealed class FolderSweep(LogPorts ports, LogOptions options, StreamNames names)
{
    /// <returns>When the next cleanup of all folders is due.</returns>
    public async Task<UnixMicros?> SweepAsync(DueTimes due, HashSet<string> listed, FailureList failures, CancellationToken cancellation)
    {
        UnixMicros now = ports.Clock.Now();
        if (due.FoldersAt > now)
        {
            return due.FoldersAt;
        }

        var folders = new StreamFolders(ports, options.SweepAge);
        foreach (StreamName name in await folders.NamesAsync(cancellation))
        {
            try
            {
                await folders.SweepAsync(name, cancellation);
                if (!listed.Contains(name.Value))
                {
                    await ListAgainAsync(name, cancellation);
                }
            }
            catch (Exception error) when (ErrorBoundary.Contains(error, cancellation))
            {
                await failures.AddAsync(MaintenanceFailure.Of(name, MaintenanceWork.Sweep, null, error, ports.Clock.Now()), cancellation);
            }
        }

        return now.Plus(options.MaintenanceInterval);
    }

    /// <summary>
    /// Adds the name of an existing stream to the list of names. Without its name, a stream is neither listed nor maintained. Costs one read, and one write if
    /// the stream exists.
    /// </summary>
    private async Task ListAgainAsync(StreamName name, CancellationToken cancellation)
    {
        if (await new StreamStore(ports).ReadAsync(name, cancellation) is { Document.State: StreamDocument.Active })
        {
            await names.AddAsync(name, cancellation);
        }
    }
}
