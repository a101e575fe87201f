using Headwater.Contracts.Errors;
using Headwater.Log.Clock;
using Headwater.Log.Errors;
using Headwater.Log.Groups.Offsets;
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
    /// <summary>The share of a run's budget after which no stream is begun, so that the cleanup of all folders gets its turn.</summary>
    private const double StreamShare = 0.75;

    private readonly LogPorts _ports;

    private readonly LogOptions _options;

    private readonly StreamCatalogue _streams;

    private readonly StreamNames _names;

    private readonly DueRows _due;

    private readonly GroupLag _lag;

    private readonly FailureRows _failed;

    private readonly FolderSweep _folders;

    private readonly MaintenanceRecords _records;

    internal LogMaintenance(LogPorts ports, LogOptions options, StreamCatalogue streams, GroupLag lag)
    {
        _lag = lag;
        _ports = ports;
        _options = options;
        _streams = streams;
        _names = new StreamNames(ports);
        _due = new DueRows(ports.Tables);
        _failed = new FailureRows(ports.Tables);
        _folders = new FolderSweep(ports, options, _names);
        _records = new MaintenanceRecords(ports, options, _due);
    }

    /// <summary>Maintains one stream now, whether or not anything is due. A partition that fails does not stop the others.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="work">The kinds of work to do.</param>
    /// <param name="budget">After this time, no new step starts. At least one partition is processed.</param>
    /// <param name="cancellation">Stops the calls.</param>
    /// <exception cref="HeadwaterException">StreamNotFound; StreamChanged: segments were deleted during the call; retry; a partition's error.</exception>
    /// <exception cref="StorageException">Storage failed. Completed steps remain.</exception>
    public Task<MaintenanceReport> RunAsync(StreamName stream, MaintenanceWork work, TimeSpan budget, CancellationToken cancellation) =>
        RunAsync(stream, new MaintenanceDemand(work, budget), cancellation);

    /// <summary>Maintains one stream as a request demands it.</summary>
    /// <exception cref="HeadwaterException">StreamNotFound; StreamChanged: segments were deleted during the call; retry.</exception>
    /// <exception cref="StorageException">Storage failed. Completed steps remain.</exception>
    public async Task<MaintenanceReport> RunAsync(StreamName stream, MaintenanceDemand demand, CancellationToken cancellation)
    {
        var slice = new TimeSlice(_ports.Time, demand.Budget);
        StreamDescription description = await _streams.ReloadAsync(stream, cancellation);
        DueTimes due = await _due.ReadAsync(_ports.Clock.Now(), cancellation);
        return await RunAsync(description, demand.Work, due, slice, demand, cancellation);
    }

    /// <summary>
    /// Maintains the streams that have due work according to the table rows. If nothing is due, costs one query per 1,000 streams, one query per 1,000 rows
    /// of table <c>partitions</c> and one write; a stream of which nothing falls due costs no call of its own. A stream whose maintenance fails is
    /// reported, recorded with one write and retried by the next call; the others
    /// are still maintained.
    /// </summary>
    /// <param name="work">The kinds of work to do. With <see cref="MaintenanceWork.Sweep"/>, also cleans up the folders of all names, once a day.</param>
    /// <param name="budget">After this time, no new stream or step starts.</param>
    /// <param name="cancellation">Stops the calls.</param>
    public async Task<MaintenanceReport> RunDueAsync(MaintenanceWork work, TimeSpan budget, CancellationToken cancellation)
    {
        var slice = new TimeSlice(_ports.Time, budget);
        DueTimes due = await _due.ReadAsync(_ports.Clock.Now(), cancellation);
        HashSet<string> names = await _names.AllAsync(cancellation);
        var streams = new List<StreamReport>();
        var failures = new FailureList(_failed);
        bool isFinished = true;
        TimeSlice streamSlice = work.HasFlag(MaintenanceWork.Sweep) ? new TimeSlice(_ports.Time, budget * StreamShare) : slice;
        foreach (string text in InTurn(names, due))
        {
            MaintenanceWork todo = due.Of(text, work, _ports.Clock.Now());
            if (todo == MaintenanceWork.None || !StreamName.TryParse(text, out StreamName name))
            {
                continue;
            }

            if (streamSlice.IsOver)
            {
                isFinished = false;
                break;
            }

            MaintenanceReport report = await TryRunAsync(name, todo, due, streamSlice, failures, cancellation);
            streams.AddRange(report.Streams);
            isFinished &= report.Finished;
        }

        FoldersDue folders = due.Folders;
        if (work.HasFlag(MaintenanceWork.Sweep))
        {
            folders = await _folders.SweepAsync(due, names, slice, failures, cancellation);
            isFinished &= folders.After is null;
        }

        await ForgetDeletedAsync(names, due, cancellation);
        await _due.RanAsync(work, _ports.Clock.Now(), folders, due, cancellation);
        return new MaintenanceReport(streams, isFinished) { Failures = failures.All };
    }

    /// <summary>Whether maintenance timers run as often as they should, and which streams fail. Costs at most one query per minute.</summary>
    /// <exception cref="StorageException">The query failed, so the health is unknown.</exception>
    public Task<MaintenanceHealth> HealthAsync(CancellationToken cancellation) => _records.HealthAsync(cancellation);

    /// <summary>
    /// The last failure of a stream's maintenance, while it fails. At most a minute old; null also if the table could not be read. Costs at most one query per
    /// minute, whatever the number of streams.
    /// </summary>
    public Task<MaintenanceFailure?> FailureOfAsync(StreamDescription stream, CancellationToken cancellation) => _records.FailureOfAsync(stream, cancellation);

    /// <summary>Orders the streams by their last maintenance, oldest first, so that even with a short budget every stream gets its turn.</summary>
    private static IEnumerable<string> InTurn(IEnumerable<string> names, DueTimes due) => names.OrderBy(due.LastRun).ThenBy(n => n, StringComparer.Ordinal);

    /// <returns>Without the stream if it failed, or was deleted.</returns>
    private async Task<MaintenanceReport> TryRunAsync(
        StreamName name, MaintenanceWork work, DueTimes due, TimeSlice slice, FailureList failures, CancellationToken cancellation)
    {
        try
        {
            MaintenanceReport report = await RunAsync(await _streams.ReloadAsync(name, cancellation), work, due, slice, demand: null, cancellation);
            failures.AddReported(report.Failures);
            return report;
        }
        catch (HeadwaterException gone) when (gone.Code == ErrorCode.StreamNotFound)
        {
            _lag.Forget(name);
            return await TryFinishDeletionAsync(name, work, slice, failures, cancellation); // The stream was deleted, but its name is still listed.
        }
        catch (Exception error) when (ErrorBoundary.Contains(error, cancellation))
        {
            _records.Forget();
            await failures.AddAsync(MaintenanceFailure.Of(name, work, null, error, _ports.Clock.Now()), cancellation);
            return new MaintenanceReport([], Finished: true);
        }
    }

    private async Task<MaintenanceReport> TryFinishDeletionAsync(
        StreamName name, MaintenanceWork work, TimeSlice slice, FailureList failures, CancellationToken cancellation)
    {
        try
        {
            return new MaintenanceReport([], await _streams.FinishDeletionAsync(name, slice, cancellation));
        }
        catch (Exception failed) when (ErrorBoundary.Contains(failed, cancellation))
        {
            await failures.AddAsync(MaintenanceFailure.Of(name, work, null, failed, _ports.Clock.Now()), cancellation);
            return new MaintenanceReport([], Finished: true);
        }
    }

    private async Task<MaintenanceReport> RunAsync(
        StreamDescription stream, MaintenanceWork work, DueTimes due, TimeSlice slice, MaintenanceDemand? demand, CancellationToken cancellation)
    {
        var tally = new StorageTally();
        LogPorts counted = _ports with { Blobs = new CountedBlobs(_ports.Blobs, tally), Tables = new CountedTables(_ports.Tables, tally) };
        bool isDemanded = demand is not null;
        WorkCursors cursors = DueRows.Cursors(stream, isDemanded, due);
        var run = new StreamMaintenance(counted, _options, stream, slice, cursors) { SealsNow = demand?.SealsNow ?? false };
        if (work.HasFlag(MaintenanceWork.Sweep) && (due.IsUnplanned(stream) || due.IsMarked(stream)))
        {
            run.ExpectRemains();
        }

        IReadOnlyList<PartitionReport> partitions = await run.RunAsync(work, isDemanded, due.IsMarked(stream), cancellation);
        if (run.Boundary.MissesBlobs && (await _streams.ReloadAsync(stream.Name, cancellation)).StreamId != stream.StreamId)
        {
            throw StreamStore.NotFound(stream.Name); // Deleted during the run, and created again.
        }

        foreach (PartitionReport partition in partitions)
        {
            _lag.See(stream.Name, partition.Partition, partition.LogStart, partition.LogEnd);
        }

        if (partitions.Any(p => p.LogStart > stream.LogStart(p.Partition)))
        {
            _streams.Forget(stream.Name);
        }

        var rows = new DueRows(counted.Tables);
        await rows.PlanAsync(stream, new WorkPlan(work, run.Next, cursors, isDemanded), _ports.Clock.Now(), due, cancellation);
        await rows.ForgetAsync(due.RowsOfOthers(stream), cancellation);
        await NoteAsync(new FailureRows(counted.Tables), stream, work, run, due, cancellation);
        if (demand is not null)
        {
            run.Boundary.ThrowFirst();
        }

        return new MaintenanceReport([new StreamReport(stream.Name, partitions, tally.Calls) { At = _ports.Clock.Now() }], run.IsFinished)
        {
            Failures = run.Boundary.Failure is { } failure ? [failure] : [],
        };
    }

    /// <summary>Records the run's failure, or deletes the recorded one once the work that had failed is done.</summary>
    private async Task NoteAsync(
        FailureRows rows, StreamDescription stream, MaintenanceWork work, StreamMaintenance run, DueTimes due, CancellationToken cancellation)
    {
        if (run.Boundary.Failure is { } failure)
        {
            _records.Forget();
            await rows.RecordAsync(failure, cancellation);
        }
        else if (run.IsFinished && FailureRows.Of(stream.Name.Value, due) is { } before && work.HasFlag(before.Work))
        {
            _records.Forget();
            await rows.ClearAsync(stream.Name.Value, due, cancellation);
        }
    }

    /// <summary>Deletes the rows of names without a stream.</summary>
    private async Task ForgetDeletedAsync(HashSet<string> names, DueTimes due, CancellationToken cancellation)
    {
        await _due.ForgetAsync(due.Streams.Where(s => !names.Contains(s)).SelectMany(due.RowsOf), cancellation);
        foreach (string stream in FailureRows.StreamsOf(due).Where(s => !names.Contains(s)))
        {
            await _failed.ClearAsync(stream, due, cancellation);
        }
    }
}
