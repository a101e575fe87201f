using Headwater.Core.Positions;
using Headwater.Log.Cleanup;
using Headwater.Log.Clock;
using Headwater.Log.Errors;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Streams;

namespace Headwater.Log.Maintenance;

/// <summary>
/// Once a day, cleans up the folders of names that are not listed: the remains of deletions and of interrupted creations, and streams whose names were
/// lost. The folders of listed names are cleaned up with their streams. Costs one listing per 5,000 names, and two calls per name that is not listed.
/// </summary>
internal sealed class FolderSweep(LogPorts ports, LogOptions options, StreamNames names)
{
    /// <summary>Cleans up the folders of the names after the last one that is done; at least one.</summary>
    /// <returns>When the next cleanup of all folders is due, and where it begins.</returns>
    public async Task<FoldersDue> SweepAsync(DueTimes due, HashSet<string> listed, TimeSlice slice, FailureList failures, CancellationToken cancellation)
    {
        UnixMicros now = ports.Clock.Now();
        if (due.Folders is { After: null } known && known.At > now)
        {
            return known;
        }

        string? after = due.Folders.After;
        var folders = new StreamFolders(ports, options.SweepAge);
        IEnumerable<StreamName> left = (await folders.NamesAsync(cancellation))
            .Where(n => !listed.Contains(n.Value) && string.CompareOrdinal(n.Value, due.Folders.After) > 0)
            .OrderBy(n => n.Value, StringComparer.Ordinal);
        foreach (StreamName name in left)
        {
            if (slice.IsOver && after != due.Folders.After)
            {
                return new FoldersDue(now, after);
            }

            try
            {
                await folders.SweepAsync(name, slice, cancellation);
                await ListAgainAsync(name, cancellation);
            }
            catch (Exception error) when (ErrorBoundary.Contains(error, cancellation))
            {
                await failures.AddAsync(MaintenanceFailure.Of(name, MaintenanceWork.Sweep, null, error, ports.Clock.Now()), cancellation);
            }

            after = name.Value;
        }

        return new FoldersDue(now.Plus(options.MaintenanceInterval), null);
    }

    /// <summary>
    /// Adds the name of an existing stream to the list of names. Without its name, a stream is neither listed nor maintained. Costs one read, and one write if
    /// the stream exists.
    /// </summary>
    private async Task ListAgainAsync(StreamName name, CancellationToken cancellation)
    {
        if (await new StreamStore(ports).ReadAsync(name, cancellation) is { Document: { State: StreamDocument.Active } document })
        {
            await names.AddAsync(name, document.Partitions, cancellation);
        }
    }
}
