using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Maintenance;

/// <summary>What timers recorded, as read at most a minute ago. Costs at most one query per minute.</summary>
internal sealed class MaintenanceRecords(LogPorts ports, LogOptions options, DueRows due)
{
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(1);

    private readonly long _began = ports.Time.GetTimestamp();

    /// <summary>Always replaced as a whole. Two concurrent callers may both query; either answer is valid.</summary>
    private volatile Known? _known;

    /// <summary>The next caller reads the records again.</summary>
    public void Forget() => _known = null;

    /// <exception cref="StorageException">The query failed, so the health is unknown.</exception>
    public async Task<MaintenanceHealth> HealthAsync(CancellationToken cancellation)
    {
        LastRuns runs = Fresh()?.Runs ?? await ReadAsync(cancellation);
        return new MaintenanceHealth(runs.Any, Overdue(runs)) { Failures = [.. runs.Failures.Values.OrderBy(f => f.Stream.Value, StringComparer.Ordinal)] };
    }

    /// <returns>Null if the stream does not fail, or the query failed in the last minute.</returns>
    public async Task<MaintenanceFailure?> FailureOfAsync(StreamDescription stream, CancellationToken cancellation)
    {
        LastRuns? runs = Fresh() is { } known ? known.Runs : await TryReadAsync(cancellation);

        // A failure from before the creation is one of a deleted stream of that name.
        return runs?.Failures.GetValueOrDefault(stream.Name) is { } failure && failure.At >= UnixMicros.From(stream.Created) ? failure : null;
    }

    private Known? Fresh() => _known is { } known && ports.Time.GetElapsedTime(known.At) <= Age ? known : null;

    private async Task<LastRuns?> TryReadAsync(CancellationToken cancellation)
    {
        try
        {
            return await ReadAsync(cancellation);
        }
        catch (StorageException)
        {
            _known = new Known(ports.Time.GetTimestamp(), null);
            return null;
        }
    }

    private async Task<LastRuns> ReadAsync(CancellationToken cancellation)
    {
        long at = ports.Time.GetTimestamp();
        LastRuns runs = await due.LastRunsAsync(cancellation);
        _known = new Known(at, runs);
        return runs;
    }

    private MaintenanceWork Overdue(LastRuns last)
    {
        if (last.Any is not { } any)
        {
            return ports.Time.GetElapsedTime(_began) > options.MaintenanceOverdue ? MaintenanceWork.All : MaintenanceWork.None;
        }

        DateTimeOffset now = ports.Clock.Now().ToDateTimeOffset();
        MaintenanceWork overdue = MaintenanceWork.None;
        foreach (MaintenanceWork work in MaintenanceWorks.Each)
        {
            UnixMicros at = last.Of.GetValueOrDefault(work, any);
            TimeSpan usual = work == MaintenanceWork.Sweep ? options.MaintenanceInterval : TimeSpan.Zero;
            overdue |= now - at.ToDateTimeOffset() > usual + options.MaintenanceOverdue ? work : MaintenanceWork.None;
        }

        return overdue;
    }

    /// <param name="At">The timestamp of the query.</param>
    /// <param name="Runs">Null if the query failed.</param>
    private sealed record Known(long At, LastRuns? Runs);
}
