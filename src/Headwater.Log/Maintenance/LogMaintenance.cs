using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Cleanup;
using Headwater.Log.Clock;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Streams;

namespace Headwater.Log.Maintenance;

/// <summary>
/// Maintenance in short time slices: a call starts no new step after its budget is used up, and the next call, on any instance, continues where it stopped.
/// Any number of instances can run maintenance at once. Leases usually prevent duplicate work, but correctness does not depend on them.
/// </summary>
public sealed class LogMaintenance
{
    private static readonly TimeSpan HealthAge = TimeSpan.FromMinutes(1);

    private readonly LogPorts _ports;

    private readonly LogOptions _options;

    private readonly StreamCatalogue _streams;

    private readonly StreamNames _names;

    private readonly DueRows _due;

    private readonly long _began;

    /// <summary>Replaced whole. Two callers at once may both query; either answer will do.</summary>
    private volatile KnownRuns? _health;

    internal LogMaintenance(LogPorts ports, LogOptions options, StreamCatalogue streams)
    {
        _ports = ports;
        _options = options;
        _streams = streams;
        _names = new StreamNames(ports);
        _due = new DueRows(ports.Tables);
        _began = ports.Time.GetTimestamp();
    }

    /// <summary>Maintains one stream now, whether or not anything is due.</summary>
    /// <exception cref="HeadwaterException">StreamNotFound; StreamChanged: it was deleted or trimmed meanwhile.</exception>
    /// <exception cref="StorageException">Storage failed; whatever was done stays done.</exception>
    public async Task<MaintenanceReport> RunAsync(StreamName stream, MaintenanceWork work, TimeSpan budget, CancellationToken cancellation)
    {
        var slice = new TimeSlice(_ports.Time, budget);
        StreamDescription description = await _streams.ReloadAsync(stream, cancellation);
        DueTimes due = await _due.ReadAsync(cancellation);
        return await RunAsync(description, work, due, slice, isDemanded: true, cancellation);
    }

    /// <summary>
    /// Maintains the streams that are due, found in rows: one query per 1,000 streams and one per 1,000 rows of table <c>partitions</c> when nothing
    /// is. A stream whose maintenance fails is reported
    /// and tried again the next time; it does not keep the others waiting.
    /// </summary>
    public async Task<MaintenanceReport> RunDueAsync(MaintenanceWork work, TimeSpan budget, CancellationToken cancellation)
    {
        var slice = new TimeSlice(_ports.Time, budget);
        DueTimes due = await _due.ReadAsync(cancellation);
        HashSet<string> names = await _names.AllAsync(cancellation);
        var streams = new List<StreamReport>();
        var failures = new List<MaintenanceFailure>();
        bool isFinished = true;
        foreach (string text in InTurn(names, due))
        {
            MaintenanceWork todo = due.Of(text, work, _ports.Clock.Now());
            if (todo == MaintenanceWork.None || !StreamName.TryParse(text, out StreamName name))
            {
                continue;
            }

            if (slice.IsOver)
            {
                isFinished = false;
                break;
            }

            MaintenanceReport? report = await TryRunAsync(name, todo, due, slice, failures, cancellation);
            streams.AddRange(report?.Streams ?? []);
            isFinished &= report?.Finished ?? true;
        }

        UnixMicros? folders = work.HasFlag(MaintenanceWork.Sweep) ? await SweepFoldersAsync(due, names, failures, cancellation) : due.FoldersAt;
        await _due.ForgetAsync(due.Streams.Where(s => !names.Contains(s)).SelectMany(due.RowsOf), cancellation);
        await _due.RanAsync(work, _ports.Clock.Now(), folders, due, cancellation);
        return new MaintenanceReport(streams, isFinished) { Failures = failures };
    }

    /// <summary>Whether timers do their work. One query a minute.</summary>
    /// <exception cref="StorageException">It is not known.</exception>
    public async Task<MaintenanceHealth> HealthAsync(CancellationToken cancellation)
    {
        if (_health is not { } known || _ports.Time.GetElapsedTime(known.At) > HealthAge)
        {
            known = new KnownRuns(_ports.Time.GetTimestamp(), await _due.LastRunsAsync(cancellation));
            _health = known;
        }

        return new MaintenanceHealth(known.LastRuns.Any, Overdue(known.LastRuns));
    }

    private sealed record KnownRuns(long At, LastRuns LastRuns);

    private MaintenanceWork Overdue(LastRuns last)
    {
        if (last.Any is not { } any)
        {
            return _ports.Time.GetElapsedTime(_began) > _options.MaintenanceOverdue ? MaintenanceWork.All : MaintenanceWork.None;
        }

        DateTimeOffset now = _ports.Clock.Now().ToDateTimeOffset();
        MaintenanceWork overdue = MaintenanceWork.None;
        foreach (MaintenanceWork work in MaintenanceWorks.Each)
        {
            UnixMicros at = last.Of.GetValueOrDefault(work, any);
            TimeSpan usual = work == MaintenanceWork.Sweep ? _options.MaintenanceInterval : TimeSpan.Zero;
            overdue |= now - at.ToDateTimeOffset() > usual + _options.MaintenanceOverdue ? work : MaintenanceWork.None;
        }

        return overdue;
    }

    /// <summary>Once a day, the folders of all names there are, streams or not: deletions and creations that broke off.</summary>
    private async Task<UnixMicros?> SweepFoldersAsync(DueTimes due, HashSet<string> listed, List<MaintenanceFailure> failures, CancellationToken cancellation)
    {
        UnixMicros now = _ports.Clock.Now();
        if (due.FoldersAt > now)
        {
            return due.FoldersAt;
        }

        var folders = new StreamFolders(_ports, _options.SweepAge);
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
            catch (StorageException trouble)
            {
                failures.RemoveAll(f => f.Stream == name); // Once is enough.
                failures.Add(new MaintenanceFailure(name, trouble.Message));
            }
        }

        return UnixMicros.From(now.ToDateTimeOffset() + _options.MaintenanceInterval);
    }

    /// <summary>
    /// A stream whose name is missing, whatever took it, would be neither listed nor maintained. One read, and one write if there is such a stream.
    /// </summary>
    private async Task ListAgainAsync(StreamName name, CancellationToken cancellation)
    {
        if (await new StreamStore(_ports).ReadAsync(name, cancellation) is { Document.State: StreamDocument.Active })
        {
            await _names.AddAsync(name, cancellation);
        }
    }

    /// <summary>Those looked at longest ago come first, so that a short budget reaches every stream in the end.</summary>
    private static IEnumerable<string> InTurn(IEnumerable<string> names, DueTimes due) => names.OrderBy(due.LastRun).ThenBy(n => n, StringComparer.Ordinal);

    private async Task<MaintenanceReport?> TryRunAsync(StreamName name, MaintenanceWork work, DueTimes due, TimeSlice slice, List<MaintenanceFailure> failures, CancellationToken cancellation)
    {
        try
        {
            return await RunAsync(await _streams.ReloadAsync(name, cancellation), work, due, slice, isDemanded: false, cancellation);
        }
        catch (HeadwaterException gone) when (gone.Code == ErrorCode.StreamNotFound)
        {
            return null; // Names outlive their streams for a moment.
        }
        catch (Exception trouble) when (trouble is HeadwaterException or StorageException)
        {
            failures.Add(new MaintenanceFailure(name, trouble.Message));
            return null;
        }
    }

    private async Task<MaintenanceReport> RunAsync(StreamDescription stream, MaintenanceWork work, DueTimes due, TimeSlice slice, bool isDemanded, CancellationToken cancellation)
    {
        var tally = new StorageTally();
        LogPorts counted = _ports with { Blobs = new CountedBlobs(_ports.Blobs, tally), Tables = new CountedTables(_ports.Tables, tally) };
        var run = new StreamMaintenance(counted, _options, stream, slice);
        IReadOnlyList<PartitionReport> partitions = await run.RunAsync(work, isDemanded, cancellation);
        await new DueRows(counted.Tables).PlanAsync(stream, run.Next, _ports.Clock.Now(), due, cancellation);
        await new DueRows(counted.Tables).ForgetAsync(due.RowsOfOthers(stream), cancellation);
        return new MaintenanceReport([new StreamReport(stream.Name, partitions, tally.Calls) { At = _ports.Clock.Now() }], run.IsFinished);
    }
}
