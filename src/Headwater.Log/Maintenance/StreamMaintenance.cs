using Headwater.Core.Positions;
using Headwater.Log.Cleanup;
using Headwater.Log.Clock;
using Headwater.Log.Compaction;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Retention;
using Headwater.Log.Segments;
using Headwater.Log.Streams;

namespace Headwater.Log.Maintenance;

/// <summary>
/// One time slice of maintenance for one stream. Opens its own copies of the stream's partitions, so it uses the state in storage and not the state cached
/// by an appender in the same process.
/// </summary>
internal sealed class StreamMaintenance(LogPorts ports, LogOptions options, StreamDescription found, TimeSlice slice)
{
    private StreamDescription _stream = found;

    private readonly PartitionSteps _steps = PartitionSteps.Over(ports, options);

    private readonly Dictionary<PartitionId, OpenPartition> _partitions = [];

    private readonly DueNext _next = new(ports.Clock, options.MaintenanceInterval);

    private readonly StreamBoundary _boundary = new(found.Name, ports.Clock);

    /// <summary>What failed. Failed work is due again at once.</summary>
    public StreamBoundary Boundary => _boundary;

    /// <summary>When each kind of work that this slice did is due again.</summary>
    public IReadOnlyDictionary<MaintenanceWork, UnixMicros> Next => _next.Times;

    /// <summary>Whether active segments with events are sealed whatever their age.</summary>
    public bool SealsNow { get; init; }

    /// <summary>False if the budget was used up, or another instance compacts a partition.</summary>
    public bool IsFinished { get; private set; } = true;

    /// <summary>
    /// Maintains the stream's partitions in order. If nothing is to be done, costs two reads per partition with a checkpoint. Errors of a partition are noted
    /// in <see cref="Boundary"/>, and the next partition is maintained.
    /// </summary>
    /// <returns>The partitions that did not fail.</returns>
    /// <exception cref="StorageException">Storage failed for several partitions in a row.</exception>
    public async Task<IReadOnlyList<PartitionReport>> RunAsync(MaintenanceWork work, bool isDemanded, CancellationToken cancellation)
    {
        RetentionOutcome? retained = null;
        if (work.HasFlag(MaintenanceWork.Retain))
        {
            _boundary.Doing = MaintenanceWork.Retain;
            await _boundary.TryAsync(null, async () => retained = await RetainAsync(cancellation), cancellation);
        }

        var reports = new List<PartitionReport>();
        for (int i = 0; i < _stream.Partitions; i++)
        {
            if (slice.IsOver && i > 0)
            {
                IsFinished = false;
                _next.Sooner(work, TimeSpan.Zero);
                break;
            }

            var id = new PartitionId(i);
            await _boundary.TryAsync(id, async () => reports.Add(await RunAsync(id, work, retained, isDemanded, cancellation)), cancellation);
        }

        if (work.HasFlag(MaintenanceWork.Sweep))
        {
            _boundary.Doing = MaintenanceWork.Sweep;
            await _boundary.TryAsync(null, () => new StreamFolders(ports, options.SweepAge).SweepAsync(_stream.Name, cancellation), cancellation);
        }

        _next.Sooner(work, _boundary.Failure is null ? options.MaintenanceInterval : TimeSpan.Zero);
        return reports;
    }

    private async Task<PartitionReport> RunAsync(
        PartitionId id, MaintenanceWork work, RetentionOutcome? retained, bool isDemanded, CancellationToken cancellation)
    {
        OpenPartition partition = Open(id);
        var report = new PartitionReport(id)
        {
            LogStart = _stream.LogStart(id),
            SegmentsDropped = retained?.Deleted.GetValueOrDefault(id) ?? 0,
        };
        if (IsNext(work, MaintenanceWork.Seal))
        {
            report = report with { Sealed = await partition.SealIfOlderAsync(_stream, SealsNow ? TimeSpan.MinValue : SealAge, cancellation) };
            NoteSeal((await partition.TailAsync(cancellation)).Position);
        }

        if (IsNext(work, MaintenanceWork.Checkpoint))
        {
            report = report with { Checkpointed = await partition.CheckpointAsync(_stream, cancellation) };
            _next.Sooner(MaintenanceWork.Checkpoint, report.Checkpointed ? options.PublishInterval : options.IdlePublishInterval);
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

        // Keep everything if a later version of the app wrote the state: the blobs that its run needs are unknown.
        int swept = stored.IsForeign ? 0 : await strays.SweepAsync(items, stored.State.Run?.Id, cancellation);
        if (!await new MissingIndexes(ports.Blobs, slice).BuildAsync(items, cancellation))
        {
            IsFinished = false;
            _next.Sooner(MaintenanceWork.Sweep, TimeSpan.Zero);
        }

        return swept;
    }

    private OpenPartition Open(PartitionId id)
    {
        if (!_partitions.TryGetValue(id, out OpenPartition? partition))
        {
            partition = new OpenPartition(PartitionPlace.Of(_stream, id), _steps, ports, options);
            _partitions.Add(id, partition);
        }

        return partition;
    }

    private async Task<RetentionOutcome?> RetainAsync(CancellationToken cancellation)
    {
        var retention = new StreamRetention(
            ports, new StreamStore(ports), _stream, Open, _steps.Opener, (id, piece) => _boundary.TryAsync(id, piece, cancellation));
        RetentionOutcome? outcome = await retention.RunAsync(cancellation);
        _next.Sooner(MaintenanceWork.Retain, outcome?.NextAt);
        if (outcome?.Starts.Any(s => s.Value > _stream.LogStart(s.Key)) ?? false)
        {
            var starts = new Dictionary<PartitionId, Offset>(_stream.LogStarts);
            foreach ((PartitionId id, Offset start) in outcome.Starts)
            {
                starts[id] = start;
            }

            _stream = _stream with { LogStarts = starts };
            _partitions.Clear();
        }

        return outcome;
    }

    private async Task<CompactionReport> CompactAsync(OpenPartition partition, bool isDemanded, CancellationToken cancellation)
    {
        var compaction = new PartitionCompaction(ports, options, _stream, partition, _steps.Opener, slice);
        CompactionReport report = await compaction.RunAsync(isDemanded, cancellation);
        _next.Sooner(MaintenanceWork.Compact, report.Unfinished ? ports.Clock.Now() : report.NextAt);
        IsFinished &= !report.Unfinished;
        return report;
    }

    /// <summary>At most the retention time: retention deletes whole segments, so an older active segment would keep expired events.</summary>
    private TimeSpan SealAge => _stream.RetentionAt(ports.Clock.Now())?.Time is { } kept && kept < options.SegmentAge ? kept : options.SegmentAge;

    /// <summary>Plans the next seal. An empty segment counts as starting now, because its first event may arrive at any time.</summary>
    private void NoteSeal(TailPosition at)
    {
        long age = at.FirstAppended is { } first ? ports.Clock.Now().Value - first.Value : 0;
        _next.Sooner(MaintenanceWork.Seal, SealAge - TimeSpan.FromMicroseconds(age));
        _next.Sooner(MaintenanceWork.Seal, _stream.RetentionChangesAt(ports.Clock.Now()));
    }
}
