using Headwater.Core.Positions;
using Headwater.Log.Cleanup;
using Headwater.Log.Clock;
using Headwater.Log.Compaction;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Retention;
using Headwater.Log.Segments;

namespace Headwater.Log.Maintenance;

/// <summary>
/// One time slice of maintenance for one stream. Opens its own copies of the stream's partitions, so it uses the state in storage and not the state cached
/// by an appender in the same process.
/// </summary>
internal sealed class StreamMaintenance(LogPorts ports, LogOptions options, StreamDescription found, TimeSlice slice, WorkCursors cursors)
{
    /// <summary>Longer than any setting: nothing falls due until something happens to the stream, which marks it.</summary>
    private static readonly TimeSpan Never = Limits.SettingDurationMax;

    private StreamDescription _stream = found;

    private readonly PartitionSteps _steps = PartitionSteps.Over(ports, options);

    private MaintainedPartitions? _partitions;

    private readonly DueNext _next = new(ports.Clock, Never);

    private readonly StreamBoundary _boundary = new(found.Name, ports.Clock);

    /// <summary>Whether the slice ended inside a partition's compaction, which the next slice continues.</summary>
    private bool _isCompactionCut;

    /// <summary>What failed. Failed work is due again at once.</summary>
    public StreamBoundary Boundary => _boundary;

    /// <summary>When each kind of work that this slice did is due again.</summary>
    public IReadOnlyDictionary<MaintenanceWork, UnixMicros> Next => _next.Times;

    /// <summary>Whether active segments with events are sealed whatever their age.</summary>
    public bool SealsNow { get; init; }

    /// <summary>False if the budget was used up, or another instance compacts a partition.</summary>
    public bool IsFinished { get; private set; } = true;

    /// <summary>
    /// Maintains the stream's partitions in order, each kind of work from its cursor on. If nothing is to be done, costs two reads per partition with a
    /// checkpoint. Errors of a partition are noted in <see cref="Boundary"/>, and the next partition is maintained.
    /// </summary>
    /// <param name="work">The kinds of work to do.</param>
    /// <param name="isDemanded">Whether a request demands the work.</param>
    /// <param name="isMarked">Whether something has happened to the stream since the last run: partitions before a cursor may be due again.</param>
    /// <param name="cancellation">Stops the calls.</param>
    /// <returns>The partitions that did not fail.</returns>
    /// <exception cref="StorageException">Storage failed for several partitions in a row.</exception>
    public async Task<IReadOnlyList<PartitionReport>> RunAsync(MaintenanceWork work, bool isDemanded, bool isMarked, CancellationToken cancellation)
    {
        Resume(work, isMarked);
        RetentionOutcome? retained = null;
        if (work.HasFlag(MaintenanceWork.Retain))
        {
            _boundary.Doing = MaintenanceWork.Retain;
            await _boundary.TryAsync(null, async () => retained = await RetainAsync(cancellation), cancellation);
        }

        IReadOnlyList<PartitionReport> reports = await RunPartitionsAsync(work, retained, isDemanded, cancellation);
        if (work.HasFlag(MaintenanceWork.Sweep) && cursors.Find(MaintenanceWork.Sweep) is null)
        {
            _boundary.Doing = MaintenanceWork.Sweep;
            await _boundary.TryAsync(null, () => SweepFoldersAsync(cancellation), cancellation);
        }

        _next.Sooner(work & ~cursors.Unfinished, _boundary.Failure is null ? Never : TimeSpan.Zero);
        _next.Sooner(work & cursors.Unfinished, TimeSpan.Zero);
        IsFinished &= (work & cursors.Unfinished) == MaintenanceWork.None;
        return reports;
    }

    /// <summary>
    /// A slow creation of the same name, or a process that lost a race to begin a segment, may leave blobs after the first cleanup that follows it.
    /// </summary>
    public void ExpectRemains() => _next.Sooner(MaintenanceWork.Sweep, 2 * options.SweepAge);

    /// <summary>Takes over what earlier slices of this round found. What has happened since may concern a partition that they had done.</summary>
    private void Resume(MaintenanceWork work, bool isMarked)
    {
        foreach (MaintenanceWork one in MaintenanceWorks.Each.Where(w => work.HasFlag(w) && cursors.Find(w) is not null))
        {
            _next.Sooner(one, cursors.Find(one)!.Value.Soonest);
            if (isMarked)
            {
                _next.Sooner(one, TimeSpan.Zero);
            }
        }
    }

    /// <summary>Retention goes through the partitions by itself; here its partitions are only reported.</summary>
    private async Task<IReadOnlyList<PartitionReport>> RunPartitionsAsync(
        MaintenanceWork work, RetentionOutcome? retained, bool isDemanded, CancellationToken cancellation)
    {
        var reports = new List<PartitionReport>();
        MaintenanceWork[] kinds = [.. MaintenanceWorks.Each.Where(w => work.HasFlag(w) && w != MaintenanceWork.Retain)];
        bool isFirst = true;
        for (int i = 0; i < _stream.Partitions; i++)
        {
            var id = new PartitionId(i);
            MaintenanceWork todo = kinds.Where(k => cursors.From(k) <= i).Aggregate(MaintenanceWork.None, (all, k) => all | k);
            bool isReported = retained?.Deleted.ContainsKey(id) ?? (isDemanded && work.HasFlag(MaintenanceWork.Retain));
            if (todo == MaintenanceWork.None && !isReported)
            {
                continue;
            }

            if (slice.IsOver && !isFirst)
            {
                Array.ForEach(kinds, k => Leave(k, Math.Max(i, cursors.From(k))));
                return reports;
            }

            isFirst = false;
            await _boundary.TryAsync(id, async () => reports.Add(await RunAsync(id, todo, retained, isDemanded, cancellation)), cancellation);
            if (_isCompactionCut)
            {
                Array.ForEach(kinds, k => Leave(k, k == MaintenanceWork.Compact ? i : Math.Max(i + 1, cursors.From(k))));
                return reports;
            }
        }

        Array.ForEach(kinds, cursors.Clear);
        return reports;
    }

    /// <summary>The next slice continues a kind of work at a partition.</summary>
    private void Leave(MaintenanceWork kind, int partition) =>
        cursors.Set(kind, new WorkCursor(partition, _next.Times.TryGetValue(kind, out UnixMicros soonest) ? soonest : null));

    private async Task SweepFoldersAsync(CancellationToken cancellation)
    {
        FolderRemains remains = await new StreamFolders(ports, options.SweepAge).SweepAsync(_stream.Name, slice, cancellation);
        if (remains == FolderRemains.Old)
        {
            Leave(MaintenanceWork.Sweep, _stream.Partitions);
        }

        if (remains == FolderRemains.Young)
        {
            _next.Sooner(MaintenanceWork.Sweep, options.SweepAge);
        }
    }

    private async Task<PartitionReport> RunAsync(
        PartitionId id, MaintenanceWork work, RetentionOutcome? retained, bool isDemanded, CancellationToken cancellation)
    {
        if (work == MaintenanceWork.None && Partitions.EndOf(id) is { } end)
        {
            return Report(id, retained) with { LogEnd = end };
        }

        OpenPartition partition = Partitions.Open(id);
        PartitionReport report = Report(id, retained);
        if (IsNext(work, MaintenanceWork.Seal))
        {
            report = report with { Sealed = await partition.SealIfOlderAsync(_stream, SealsNow ? TimeSpan.MinValue : SealAge, cancellation) };
            NoteSeal((await partition.TailAsync(cancellation)).Position);
            if (report.Sealed)
            {
                _next.Sooner(MaintenanceWork.All & ~MaintenanceWork.Seal, TimeSpan.Zero);
            }
        }

        if (IsNext(work, MaintenanceWork.Checkpoint))
        {
            report = report with { Checkpointed = await partition.CheckpointAsync(_stream, cancellation) };
            NoteSeal((await partition.TailAsync(cancellation)).Position);
        }

        if (IsNext(work, MaintenanceWork.Compact))
        {
            report = report with { Compaction = await CompactAsync(partition, isDemanded, cancellation) };
        }

        if (IsNext(work, MaintenanceWork.Sweep))
        {
            report = report with { Swept = await SweepAsync(partition, cancellation) };
        }

        return report with { LogEnd = (await partition.TailAsync(cancellation)).Position.Next };
    }

    private PartitionReport Report(PartitionId id, RetentionOutcome? retained) => new(id)
    {
        LogStart = _stream.LogStart(id),
        SegmentsDropped = retained?.Deleted.GetValueOrDefault(id) ?? 0,
    };

    private bool IsNext(MaintenanceWork asked, MaintenanceWork kind)
    {
        if (!asked.HasFlag(kind))
        {
            return false;
        }

        _boundary.Doing = kind;
        return true;
    }

    private async Task<int> SweepAsync(OpenPartition partition, CancellationToken cancellation)
    {
        StoredCompaction stored = await new CompactionStore(ports.Blobs, partition.Place).ReadAsync(cancellation);
        var strays = new PartitionStrays(ports, partition.Place, options.SweepAge);
        List<BlobItem> items = await ports.Blobs.ListAllAsync(partition.Place.Folder, cancellation);
        if (!await new MissingIndexes(ports.Blobs, slice).BuildAsync(items, cancellation))
        {
            IsFinished = false;
            _next.Sooner(MaintenanceWork.Sweep, TimeSpan.Zero);
        }

        // Keep everything if a later version of the app wrote the state: the blobs that its run needs are unknown.
        if (stored.IsForeign)
        {
            return 0;
        }

        SweptPartition swept = await strays.SweepAsync(items, stored.State.Run?.Id, cancellation);
        if (swept.HasYoung)
        {
            _next.Sooner(MaintenanceWork.Sweep, options.SweepAge);
        }

        return swept.Deleted;
    }

    /// <summary>The partitions that are open in this slice.</summary>
    private MaintainedPartitions Partitions => _partitions ??= new(id => new OpenPartition(PartitionPlace.Of(_stream, id), _steps, ports, options));

    private async Task<RetentionOutcome?> RetainAsync(CancellationToken cancellation)
    {
        var retention = new StreamRetention(
            ports, _stream, Partitions.Open, _steps.Opener, (id, piece) => _boundary.TryAsync(id, piece, cancellation), slice);
        RetentionOutcome? outcome = await retention.RunAsync(cursors.From(MaintenanceWork.Retain), cancellation);
        _next.Sooner(MaintenanceWork.Retain, outcome?.NextAt);
        if (outcome?.Left is { } left)
        {
            Leave(MaintenanceWork.Retain, left);
        }
        else
        {
            cursors.Clear(MaintenanceWork.Retain);
        }

        if (outcome?.Starts.Any(s => s.Value > _stream.LogStart(s.Key)) ?? false)
        {
            var starts = new Dictionary<PartitionId, Offset>(_stream.LogStarts);
            foreach ((PartitionId id, Offset start) in outcome.Starts)
            {
                starts[id] = start;
            }

            _stream = _stream with { LogStarts = starts };
            Partitions.Clear();
        }

        return outcome;
    }

    private async Task<CompactionReport> CompactAsync(OpenPartition partition, bool isDemanded, CancellationToken cancellation)
    {
        var compaction = new PartitionCompaction(ports, options, _stream, partition, _steps.Opener, slice);
        CompactionReport report = await compaction.RunAsync(isDemanded, cancellation);
        _next.Sooner(MaintenanceWork.Compact, report.Unfinished ? ports.Clock.Now() : report.NextAt);
        if (report is { NextAt: null, IsHeldBack: true })
        {
            _next.Sooner(MaintenanceWork.Compact, options.MaintenanceInterval);
        }

        _isCompactionCut = report.Unfinished && slice.IsOver;
        IsFinished &= !report.Unfinished;
        return report;
    }

    /// <summary>At most the retention time: retention deletes whole segments, so an older active segment would keep expired events.</summary>
    private TimeSpan SealAge => _stream.RetentionAt(ports.Clock.Now())?.Time is { } kept && kept < options.SegmentAge ? kept : options.SegmentAge;

    /// <summary>Plans the next seal. An empty segment has none: its first event marks the stream as used, and the checkpoint that follows plans it.</summary>
    private void NoteSeal(TailPosition at)
    {
        if (at.FirstAppended is { } first)
        {
            _next.Sooner(MaintenanceWork.Seal, SealAge - TimeSpan.FromMicroseconds(ports.Clock.Now().Value - first.Value));
            _next.Sooner(MaintenanceWork.Seal, _stream.RetentionChangesAt(ports.Clock.Now()));
        }
    }
}
