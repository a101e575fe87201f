using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Cleanup;
using Headwater.Log.Clock;
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
    private static readonly TimeSpan HealthAge = TimeSpan.FromMinutes(1);

    private readonly LogPorts _ports;

    private readonly LogOptions _options;

    private readonly StreamCatalogue _streams;

    private readonly StreamNames _names;

    private readonly DueRows _due;

    private readonly GroupLag _lag;

    private readonly long _began;

    /// <summary>Always replaced as a whole. Two concurrent callers may both query; either answer is valid.</summary>
    private volatile KnownRuns? _health;

    internal LogMaintenance(LogPorts ports, LogOptions options, StreamCatalogue streams, GroupLag lag)
    {
        _lag = lag;
        _ports = ports;
        _options = options;
        _streams = streams;
        _names = new StreamNames(ports);
        _due = new DueRows(ports.Tables);
        _began = ports.Time.GetTimestamp();
    }

    /// <summary>Maintains one stream now, whether or not anything is due.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="work">The kinds of work to do.</param>
    /// <param name="budget">After this time, no new step starts. At least one partition is processed.</param>
    /// <param name="cancellation">Stops the calls.</param>
    /// <exception cref="HeadwaterException">StreamNotFound; StreamChanged: segments were deleted during the call; retry.</exception>
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
        DueTimes due = await _due.ReadAsync(cancellation);
        return await RunAsync(description, demand.Work, due, slice, demand, cancellation);
    }

    /// <summary>
    /// Maintains the streams that have due work according to the table rows. If nothing is due, costs one query per 1,000 streams, one query per 1,000 rows
    /// of table <c>partitions</c> and one write. A stream whose maintenance fails is reported and retried by the next call; the others are still maintained.
    /// </summary>
    /// <param name="work">The kinds of work to do. With <see cref="MaintenanceWork.Sweep"/>, also cleans up the folders of all names, once a day.</param>
    /// <param name="budget">After this time, no new stream or step starts.</param>
    /// <param name="cancellation">Stops the calls.</param>
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

    /// <summary>Whether maintenance timers run as often as they should. Costs at most one query per minute.</summary>
    /// <exception cref="StorageException">The query failed, so the health is unknown.</exception>
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

    /// <summary>
    /// Once a day, cleans up the folders of all names, whether or not the stream exists. Finds the remains of interrupted deletions and creations.
    /// </summary>
    /// <returns>When the next cleanup of all folders is due.</returns>
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
                failures.RemoveAll(f => f.Stream == name); // Report one failure per stream.
                failures.Add(new MaintenanceFailure(name, trouble.Message));
            }
        }

        return UnixMicros.From(now.ToDateTimeOffset() + _options.MaintenanceInterval);
    }

    /// <summary>
    /// Adds the name of an existing stream to the list of names. Without its name, a stream is neither listed nor maintained. Costs one read, and one write if
    /// the stream exists.
    /// </summary>
    private async Task ListAgainAsync(StreamName name, CancellationToken cancellation)
    {
        if (await new StreamStore(_ports).ReadAsync(name, cancellation) is { Document.State: StreamDocument.Active })
        {
            await _names.AddAsync(name, cancellation);
        }
    }

    /// <summary>Orders the streams by their last maintenance, oldest first, so that even with a short budget every stream gets its turn.</summary>
    private static IEnumerable<string> InTurn(IEnumerable<string> names, DueTimes due) => names.OrderBy(due.LastRun).ThenBy(n => n, StringComparer.Ordinal);

    private async Task<MaintenanceReport?> TryRunAsync(
        StreamName name, MaintenanceWork work, DueTimes due, TimeSlice slice, List<MaintenanceFailure> failures, CancellationToken cancellation)
    {
        try
        {
            return await RunAsync(await _streams.ReloadAsync(name, cancellation), work, due, slice, demand: null, cancellation);
        }
        catch (HeadwaterException gone) when (gone.Code == ErrorCode.StreamNotFound)
        {
            _lag.Forget(name);
            return null; // The stream was deleted, but its name was still listed.
        }
        catch (Exception trouble) when (trouble is HeadwaterException or StorageException)
        {
            failures.Add(new MaintenanceFailure(name, trouble.Message));
            return null;
        }
    }

    private async Task<MaintenanceReport> RunAsync(
        StreamDescription stream, MaintenanceWork work, DueTimes due, TimeSlice slice, MaintenanceDemand? demand, CancellationToken cancellation)
    {
        var tally = new StorageTally();
        LogPorts counted = _ports with { Blobs = new CountedBlobs(_ports.Blobs, tally), Tables = new CountedTables(_ports.Tables, tally) };
        var run = new StreamMaintenance(counted, _options, stream, slice) { SealsNow = demand?.SealsNow ?? false };
        IReadOnlyList<PartitionReport> partitions = await run.RunAsync(work, demand is not null, cancellation);
        foreach (PartitionReport partition in partitions)
        {
            _lag.See(stream.Name, partition.Partition, partition.LogStart, partition.LogEnd);
        }

        if (partitions.Any(p => p.LogStart > stream.LogStart(p.Partition)))
        {
            _streams.Forget(stream.Name);
        }

        await new DueRows(counted.Tables).PlanAsync(stream, run.Next, _ports.Clock.Now(), due, cancellation);
        await new DueRows(counted.Tables).ForgetAsync(due.RowsOfOthers(stream), cancellation);
        return new MaintenanceReport([new StreamReport(stream.Name, partitions, tally.Calls) { At = _ports.Clock.Now() }], run.IsFinished);
    }
}
