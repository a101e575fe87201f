using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Clock;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Compaction;

/// <summary>
/// Compacts a partition in stages: delete segments whose grace period after replacement is over; agree on a run; scan; agree on the plan; write the new
/// segments; agree that the run is done. Any instance can continue where another stopped. An instance stops when its update of the agreed state conflicts,
/// because another instance is working on the partition.
/// </summary>
internal sealed class PartitionCompaction(
    LogPorts ports, LogOptions options, StreamDescription stream, OpenPartition partition, PartitionOpener opener, TimeSlice slice)
{
    private readonly CompactionStore _store = new(ports.Blobs, partition.Place);

    private readonly CompactionRunSelector _choice = new(ports, options.Compaction, stream, partition.Place.Partition);

    private Offset LogStart => stream.LogStart(partition.Place.Partition);

    /// <summary>
    /// Compacts the partition until done or the slice is over. If there is nothing to do, costs two reads and a listing, and one more read if a part is dirty.
    /// </summary>
    /// <param name="isDemanded">True: start a run for any dirty part, however small.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="HeadwaterException">StreamChanged: a segment was deleted during the call; CorruptSegment.</exception>
    public async Task<CompactionReport> RunAsync(bool isDemanded, CancellationToken cancellation)
    {
        // Read the state before the listing. A run selected from a listing older than the state could replace segments that were already replaced.
        StoredCompaction stored = await _store.ReadAsync(cancellation);
        if (stored.IsForeign)
        {
            return new CompactionReport { Busy = true };
        }

        IReadOnlyList<SegmentFile> files = await opener.ListAsync(partition.Place, cancellation);
        if (await DeleteReplacedAsync(files, stored, cancellation) is not { } deleted)
        {
            return new CompactionReport { Busy = true, Unfinished = true, LastRun = stored.State.LastRunAt };
        }

        long live = SegmentMap.Resolve(files).Where(s => s.Visible.End > LogStart).Sum(s => s.File.Length);
        var report = new CompactionReport { Deleted = deleted, LastRun = stored.State.LastRunAt, LiveBytes = live };
        if (stored.State.Run is { } underWay)
        {
            report = With(report, await _choice.DirtAsync(underWay, cancellation));
        }
        else
        {
            TailPosition tail = (await partition.FreshTailAsync(cancellation)).Position;
            ChosenRun chosen = await _choice.ChooseAsync(stored.State, files, tail, isDemanded, cancellation);
            report = With(report, chosen.DirtyRange) with { NextAt = NextAt(stored.State, files, chosen), IsHeldBack = IsHeldBack(files) };
            if (chosen.Run is null)
            {
                return report;
            }

            stored = stored with { State = stored.State with { Run = chosen.Run } };
        }

        return await OwnedAsync(stored, report, cancellation);
    }

    private static CompactionReport With(CompactionReport report, DirtyRange dirt) => report with { DirtyRatio = dirt.Ratio, OldestDirty = dirt.Oldest };

    private async Task<CompactionReport> OwnedAsync(StoredCompaction stored, CompactionReport report, CancellationToken cancellation)
    {
        var ownership = new Ownership(ports.Tables, ports.Clock, partition.Place);
        string holder = Ownership.NewHolder(ports.Randomness);
        if (await ownership.AcquireAsync(holder, slice.Budget + options.Compaction.LeaseMargin, cancellation) is not { } acquired)
        {
            return report with { Busy = true, Unfinished = true };
        }

        try
        {
            // Do not read the epoch again during the run: that would defeat fencing. Stay above the agreed epoch, because lost rows restart the count.
            long epoch = Math.Max(acquired, stored.State.Epoch + 1);
            StoredCompaction? begun = await _store.ChangeAsync(stored, stored.State with { Epoch = epoch }, cancellation);
            return begun is null ? report with { Busy = true, Unfinished = true } : await CarryOutAsync(begun, report, cancellation);
        }
        finally
        {
            await ownership.ReleaseAsync(holder, acquired, cancellation);
        }
    }

    private async Task<CompactionReport> CarryOutAsync(StoredCompaction stored, CompactionReport report, CancellationToken cancellation)
    {
        CompactionRun run = stored.State.Run!;
        ScanProgress? found = await ScanAsync(stored, run, cancellation);
        if (found is null)
        {
            return report with { Unfinished = true };
        }

        if (run.Plan is null)
        {
            run = run with
            {
                Plan = CompactionPlanner.Plan(run, found, options.Compaction.TargetBytes),
                EventsLeft = found.Events.Sum(e => (long)e) - found.Marks.Sum(m => (long)m.Count),
                TombstonesLeft = found.Tombstones,
            };
            if (await _store.ChangeAsync(stored, stored.State with { Run = run }, cancellation) is not { } planned)
            {
                return report with { Busy = true, Unfinished = true };
            }

            stored = planned;
        }

        if (!await WriteAsync(run, found, cancellation))
        {
            return report with { Unfinished = true };
        }

        return await CompleteAsync(stored, run, found, report, cancellation);
    }

    /// <returns>Null if the slice is over.</returns>
    private async Task<ScanProgress?> ScanAsync(StoredCompaction stored, CompactionRun run, CancellationToken cancellation)
    {
        if (run.Kind == CompactionRun.Rewrite)
        {
            return await VersionsAsync(stored, run, cancellation);
        }

        ScanProgress progress = await _store.ReadScanAsync(run, cancellation) ?? new ScanProgress(run.Inputs.Count);
        var scan = new KeyScan(ports.Blobs, options.Compaction, run, progress, LogStart);
        try
        {
            return progress.IsDone || await scan.GoOnAsync(slice, () => _store.WriteScanAsync(run, progress, cancellation), cancellation) ? progress : null;
        }
        catch (SegmentGoneException gone)
        {
            throw await GoneAsync(stored, gone, cancellation);
        }
    }

    /// <summary>A rewrite drops nothing, so it needs only each input's schema version. Costs one read per input.</summary>
    private async Task<ScanProgress> VersionsAsync(StoredCompaction stored, CompactionRun run, CancellationToken cancellation)
    {
        var found = new ScanProgress(run.Inputs.Count);
        for (int i = 0; i < run.Inputs.Count; i++)
        {
            StoredHeader? header = await StoredHeader.ReadAsync(ports.Blobs, run.Inputs[i].Name, cancellation);
            if (header is null && run.Inputs[i].Range.End > LogStart)
            {
                throw await GoneAsync(stored, new SegmentGoneException(run.Inputs[i].Name), cancellation);
            }

            found.SchemaVersions[i] = header?.Header.SchemaVersion ?? 0;
            found.Events[i] = 1;
        }

        return found;
    }

    /// <returns>False if the slice is over.</returns>
    private async Task<bool> WriteAsync(CompactionRun run, ScanProgress found, CancellationToken cancellation)
    {
        var rewrite = new SegmentRewrite(ports, partition.Place, stream.Settings.Codec, options.Compaction, run, found);
        bool isFirst = true; // Every slice writes at least one segment. Otherwise a run with a short budget would never end.
        foreach (PlannedSegment planned in run.Plan!)
        {
            // Below the log start, the segment may have been published and deleted. Never publish a name again: its content could differ.
            if (rewrite.RangeOf(planned).End <= LogStart || await rewrite.IsPublishedAsync(planned, cancellation))
            {
                continue;
            }

            if (slice.IsOver && !isFirst)
            {
                return false;
            }

            isFirst = false;
            await WriteAsync(rewrite, planned, cancellation);
        }

        return true;
    }

    private async Task WriteAsync(SegmentRewrite rewrite, PlannedSegment planned, CancellationToken cancellation)
    {
        try
        {
            await rewrite.WriteAsync(planned, LogStart, cancellation);
        }
        catch (SegmentGoneException gone)
        {
            // Retention deleted an input, or another instance finished the plan and deleted its inputs. The next slice reads the state and finds out which.
            throw new HeadwaterException(ErrorCode.StreamChanged, $"Compaction: {gone.Message} Try again.", gone);
        }
    }

    private async Task<CompactionReport> CompleteAsync(
        StoredCompaction stored, CompactionRun run, ScanProgress found, CompactionReport report, CancellationToken cancellation)
    {
        CompactionState completed = stored.State.Completed(ports.Clock.Now(), run.TombstonesLeft, run.EventsLeft);
        if (await _store.ChangeAsync(stored, completed, cancellation) is null)
        {
            return report with { Busy = true, Unfinished = true };
        }

        await _store.DeleteScanAsync(run, cancellation);
        IReadOnlyList<SegmentFile> files = await opener.ListAsync(partition.Place, cancellation);
        LiveSegment[] now = [.. SegmentMap.Resolve(files).Where(s => s.Visible.Start >= run.Inputs[0].Range.Start && s.Visible.End.Value <= run.Bound)];
        return report with
        {
            Ended = true,
            LastRun = completed.LastRunAt,
            SegmentsBefore = run.Inputs.Count,
            SegmentsAfter = now.Length,
            BytesBefore = run.Inputs.Sum(i => i.Bytes),
            BytesAfter = now.Sum(s => s.File.Length),
            EventsBefore = run.Kind == CompactionRun.Compact ? found.Events.Sum(e => (long)e) : 0,
            EventsAfter = run.Kind == CompactionRun.Compact ? run.EventsLeft : 0,
            Keys = found.Keys,
            Tombstones = run.TombstonesLeft,
            Passes = run.Kind == CompactionRun.Compact ? found.Passes : 0,
            NextAt = NextAt(completed, files, new ChosenRun(null, DirtyRange.None, report.NextAt)),
            IsHeldBack = IsHeldBack(files),
        };
    }

    /// <summary>
    /// Deletes replaced segments after their grace period. Keeps the inputs of a run in progress, because an instance that continues it may read them again.
    /// </summary>
    /// <returns>Number of segments deleted; null if the state has changed since it was read, because a run may have begun.</returns>
    private async Task<int?> DeleteReplacedAsync(IReadOnlyList<SegmentFile> files, StoredCompaction stored, CancellationToken cancellation)
    {
        HashSet<string> needed = [.. stored.State.Run?.Inputs.Select(i => i.Name) ?? []];
        SegmentFile[] gone =
        [
            .. ReplacedSegments.Deletable(files, ports.Clock.Now().ToDateTimeOffset(), options.Compaction.Grace).Where(f => !needed.Contains(f.Name)),
        ];
        if (gone.Length > 0 && (await _store.ReadAsync(cancellation)).ETag != stored.ETag)
        {
            return null;
        }

        await ReplacedSegments.DeleteAsync(ports.Blobs, gone, cancellation);
        return gone.Length;
    }

    /// <summary>Abandons the run if it has no plan, because such a run has published nothing. The next run is selected from a new listing.</summary>
    /// <returns>The exception to throw.</returns>
    private async Task<HeadwaterException> GoneAsync(StoredCompaction stored, SegmentGoneException gone, CancellationToken cancellation)
    {
        if (stored.State.Run is { Plan: null } run)
        {
            await _store.ChangeAsync(stored, stored.State with { Run = null }, cancellation);
            await _store.DeleteScanAsync(run, cancellation);
        }

        return new HeadwaterException(ErrorCode.StreamChanged, $"Compaction: {gone.Message} Try again.", gone);
    }

    private static bool IsHeldBack(IReadOnlyList<SegmentFile> files) =>
        SegmentMap.Resolve(files).Any(s => s.File is { Generation: 0, Sealed: true });

    private UnixMicros? NextAt(CompactionState state, IReadOnlyList<SegmentFile> files, ChosenRun chosen)
    {
        UnixMicros now = ports.Clock.Now();
        DateTimeOffset? graceEnds = ReplacedSegments.NextAt(files, now.ToDateTimeOffset(), options.Compaction.Grace);
        UnixMicros?[] times = [chosen.NextAt, state.NextExpiry(now, _choice.TombstonesKept), graceEnds is { } at ? UnixMicros.From(at) : null];
        return times.Where(t => t is not null).DefaultIfEmpty(null).Min(t => t?.Value) is { } next ? UnixMicros.Clamp(next) : null;
    }
}
